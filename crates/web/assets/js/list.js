// The ledger by keys: one line is here; letters act on what is ticked, or else on that line.
const ledger = $('[data-ledger]');
if (ledger) {
  const lines = [...ledger.querySelectorAll('tbody tr:not(.day)')];
  let here = -1;
  const stand = (n) => {
    lines[here]?.removeAttribute('aria-current');
    lines[here]?.classList.remove('here');
    here = Math.max(0, Math.min(lines.length - 1, n));
    lines[here].setAttribute('aria-current', 'true');
    lines[here].classList.add('here');
  };
  const go = (n) => {
    stand(n);
    $('.open', lines[here]).focus();
  };
  const many = (key) => {
    if (!$('.tick:checked', ledger) && here >= 0) $('.tick', lines[here]).checked = true;
    if ($('.tick:checked', ledger)) $(`[data-many=${key}]`, ledger).click();
  };
  const acts = {
    j: () => go(here + 1),
    k: () => go(here - 1),
    x: () => here >= 0 && $('.tick', lines[here]).click(),
    r: () => many('r'),
    f: () => many('f'),
  };
  ledger.addEventListener('focusin', (e) => {
    const n = lines.indexOf(e.target.closest('tr'));
    if (n >= 0) stand(n);
  });
  document.addEventListener('keydown', (e) => {
    const act = acts[e.key.toLowerCase()];
    if (!act || e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || isTyping(e.target) || body.dataset.keys !== 'on' || Date.now() < goUntil) return;
    e.preventDefault();
    act();
  });
}
