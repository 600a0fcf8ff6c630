// Single keys, outside text fields, without modifiers. Each is on something one can press:
// data-key on a control, data-go on a link of the navigation.
let goUntil = 0;

const isTyping = (at) => at.matches?.('input:not([type=radio],[type=checkbox]), textarea, select, [contenteditable]');

function use(control, event) {
  event.preventDefault();
  if (control.matches('input:not([type=radio],[type=checkbox])')) {
    control.focus();
    control.select();
  } else {
    control.click();
  }
}

function pick(name, key) {
  return [...document.querySelectorAll(`[data-${name}="${CSS.escape(key)}"]`)].find((c) => !c.disabled && !c.closest('[hidden]'));
}

document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || e.isComposing) return;
  if (e.key === 'Escape') {
    const open = e.target.closest?.('details[open]');
    if (open) open.open = false;
    else if ($('#toast .toast') && !isTyping(e.target)) $('#toast').replaceChildren();
    else e.target.blur?.();
    return;
  }
  if (isTyping(e.target) || body.dataset.keys !== 'on' || e.repeat) return;
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (key === 'Enter' && e.target.closest?.('a, button, summary, label, input')) return;
  if (Date.now() < goUntil) {
    goUntil = 0;
    const link = pick('go', key);
    if (link) use(link, e);
    return;
  }
  if (key === 'g') {
    goUntil = Date.now() + 1500;
    return;
  }
  const control = pick('key', key);
  if (control) use(control, e);
  else if (key === '/') location.assign('/today#find');
});
