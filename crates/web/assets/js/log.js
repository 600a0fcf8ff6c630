// Logging without waiting: kept in the browser first, shown at once, then sent.
const known = new Map(); // suggestions: what they say -> id
let lastPress = 0;

function uuid() {
  // crypto.randomUUID is missing on plain http.
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = [...b].map((n) => n.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function whoOf(form) {
  const typed = $('[name=other]', form).value.trim();
  if (typed) return { name: typed, prospect: known.get(typed) };
  const chosen = $('[name=who]:checked', form);
  if (!chosen) return null;
  if (chosen.value === 'new') return { name: $('[name=name]', form).value, prospect: 'new' };
  return { name: $('span', chosen.parentElement).firstChild.textContent, prospect: chosen.value };
}

async function entryOf(form, outcome) {
  const who = whoOf(form);
  const home = form.matches('[data-offline]') ? await queue.home() : { ...body.dataset };
  if (!who || !home) return null;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  const pitch = $('[name=pitch]:checked', form)?.value;
  return { id: uuid(), ...who, pitch, outcome, at: new Date().toISOString(), zone, workspace: home.workspace, person: home.person };
}

async function press(form, button) {
  let entry;
  if (!whoOf(form)) {
    toast(el('span', {}, 'Say who it was.'));
    return $('[data-find]', form).focus();
  }
  try {
    entry = await entryOf(form, button.value);
    if (entry) await queue.put(entry);
  } catch {
    entry = null; // no store in this browser
  }
  if (!entry && form.matches('[data-offline]')) return toast(el('span', {}, 'Nothing can be kept in this browser. Log it when the connection is back.'));
  if (!entry) return hand(form, { outcome: button.value });
  $('[name=other]', form).value = '';
  matchChips();
  toast(mark(entry.outcome), el('span', {}, `${LABELS[entry.outcome]}, ${entry.name}`));
  await flush(entry);
}

// Lets the server's own page answer: it has the words for what is missing.
function hand(form, fields) {
  for (const [name, value] of Object.entries(fields)) form.append(el('input', { type: 'hidden', name, value }));
  form.submit();
}

function handOver(entry) {
  const form = el('form', { method: 'post', action: '/log', hidden: '' });
  body.append(form);
  hand(form, fieldsOf(entry));
}

// One after the other, so that nothing goes out twice at once.
const answered = {};
let flushing = Promise.resolve();
function flush(entry) {
  flushing = flushing.catch(() => {}).then(() => sendAll(entry));
  return flushing;
}

async function sendAll(entry) {
  const answers = await sendQueue();
  Object.assign(answered, answers);
  const answer = entry && answered[entry.id];
  if (answer?.ok && entry.outcome === 'no') return location.assign(answer.next);
  // It stays in the queue until a page says that it was logged.
  if (answer && !answer.ok && !answer.enter) return handOver(entry);
  if (answer?.enter) toast(mark(entry.outcome), el('span', {}, `${answer.error} ${LABELS[entry.outcome]}, ${entry.name} is kept here.`), el('a', { class: 'btn', href: answer.enter }, 'Sign in'));
  else if (entry && !answer) {
    toast(mark(entry.outcome), el('span', {}, `${LABELS[entry.outcome]}, ${entry.name}. Not sent yet.`));
    later();
  }
  const sent = Object.values(answers).some((a) => a.ok);
  if (sent) await renewed(answer?.next);
  await draw();
}

// The browser may send while no page is open, where it can.
function later() {
  navigator.serviceWorker?.ready.then((r) => r.sync?.register('send')).catch(() => {});
}

// After something was sent: Today anew, or off the offline page when nothing is left on it.
async function renewed(address = '/today') {
  if ($('[data-offline]')) {
    if (!(await queue.all()).length) location.assign('/today');
  } else if ($('[data-log]')) {
    await renew(address);
  }
}

// Today as the server sees it now, in place: every number agrees, and nothing jumps.
async function renew(address) {
  const typed = $('[data-find]')?.value;
  let fresh;
  try {
    const reply = await fetch(address, { headers: { accept: 'text/html' } });
    if (!reply.ok || reply.redirected) return location.assign(address);
    fresh = new DOMParser().parseFromString(await reply.text(), 'text/html');
  } catch {
    return;
  }
  const said = [...$('#toast', fresh).childNodes];
  $('#toast', fresh).replaceChildren();
  $('#main').replaceWith($('#main', fresh));
  history.replaceState(null, '', '/today');
  if (typed) $('[data-find]').value = typed;
  matchChips();
  // A live region speaks when words come into it, not when it arrives with them.
  requestAnimationFrame(() => {
    $('#toast').replaceChildren(...said);
    keepToast();
  });
}

// What is not sent yet: in the foot of the navigation on every page, as rows on Today.
async function draw() {
  const entries = await queue.all().catch(() => []);
  const home = await queue.home().catch(() => null);
  const some = entries.length > 0;
  again(entries.some((entry) => isHome(entry, home) && !entry.refused));
  for (const place of document.querySelectorAll('[data-saved]')) {
    place.textContent = some ? `${entries.length} unsent` : 'All saved';
    place.classList.toggle('some', some);
  }
  for (const place of document.querySelectorAll('[data-unsent]')) {
    place.textContent = `${entries.length} unsent`;
    place.hidden = !some;
  }
  const box = $('[data-unsent-box]');
  if (!box) return;
  box.hidden = !some;
  $('[data-unsent-rows]').replaceChildren(...entries.map((entry) => unsentRow(entry, home)));
}

// What waits is tried again while somebody looks: a server that restarts tells nobody.
let trying;
function again(some) {
  clearTimeout(trying);
  if (some && !document.hidden) trying = setTimeout(() => flush(), 15000);
}

function clockOf(at, zone) {
  const form = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  try {
    return at.toLocaleTimeString([], { ...form, timeZone: zone });
  } catch {
    return at.toLocaleTimeString([], form); // a zone this browser does not know
  }
}

function unsentRow(entry, home) {
  const why = !isHome(entry, home) ? 'Kept for somebody else who was signed in here.' : entry.refused || 'Not sent yet.';
  const at = clockOf(new Date(entry.at), home?.zone);
  const line = el('p', {}, mark(entry.outcome), ` ${LABELS[entry.outcome]}. ${why}`);
  const undo = el('button', { class: 'btn small' }, 'Undo');
  undo.onclick = () => queue.drop(entry.id).then(draw);
  const buttons = el('div', { class: 'flow' }, undo);
  if (entry.refused) {
    const decide = el('button', { class: 'btn small' }, 'Decide');
    decide.onclick = () => handOver(entry);
    buttons.prepend(decide);
  }
  return el('li', { class: 'row unsent' }, el('span', { class: 'when' }, at), el('div', {}, el('b', {}, entry.name), line), buttons);
}

// Suggestions while typing.
let asking;
function suggest(field) {
  clearTimeout(asking);
  const text = field.value.trim();
  if (text.length < 2 || known.has(text) || !$('#found')) return;
  asking = setTimeout(async () => {
    try {
      const reply = await fetch('/find?' + new URLSearchParams({ q: text }), { headers: { accept: 'application/json' } });
      if (!reply.ok) return;
      const found = await reply.json();
      known.clear();
      for (const one of found) if (!known.has(one.says)) known.set(one.says, one.id);
      $('#found').replaceChildren(...[...known.keys()].map((says) => el('option', { value: says })));
    } catch {
      // No network: the text itself will do.
    }
  }, 120);
}

// Text in the field means somebody else: no chip looks chosen while it stands there.
function matchChips() {
  const field = $('[data-log] [data-find]');
  if (!field) return;
  const chips = [...document.querySelectorAll('[data-log] [name=who]')];
  if (field.value.trim()) for (const chip of chips) chip.checked = false;
  else if (chips.length && !chips.some((chip) => chip.checked)) chips[0].checked = true;
}

document.addEventListener('change', (e) => {
  if (e.target.matches('[data-log] [name=who]')) $('[data-log] [data-find]').value = '';
});

document.addEventListener('input', (e) => {
  if (!e.target.matches('[data-find]')) return;
  matchChips();
  // Somebody chosen from the list: the letters act at once.
  if (e.inputType === 'insertReplacementText' && known.has(e.target.value.trim())) e.target.blur();
  else suggest(e.target);
});

document.addEventListener('submit', (e) => {
  const button = e.submitter;
  if (!e.target.matches('[data-log]')) return;
  if (button?.name === 'outcome') {
    e.preventDefault();
    // A double press cannot log twice.
    if (Date.now() - lastPress < 1000) return;
    lastPress = Date.now();
    press(e.target, button);
  } else if (e.target.matches('[data-offline]') || !navigator.onLine || known.has($('[data-find]').value.trim())) {
    // Enter in the field: the text stands, and the letters act.
    e.preventDefault();
    $('[data-find]').blur();
  }
});
