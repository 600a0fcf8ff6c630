// Small things every page uses.
const $ = (what, from = document) => from.querySelector(what);
const body = document.body;
const LABELS = { yes: 'Yes', no: 'No', not_now: 'Not now', send_info: 'Send info', no_reply: 'No reply' };
const SVG = 'http://www.w3.org/2000/svg';

// An element with attributes and children; text stays text.
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function mark(outcome) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'o o-' + outcome);
  svg.setAttribute('aria-hidden', 'true');
  const use = svg.appendChild(document.createElementNS(SVG, 'use'));
  use.setAttribute('href', '#o-' + outcome);
  return svg;
}

// The toast goes after 8 seconds, not while it is pointed at or holds the focus.
let toastTimer;
function keepToast() {
  clearTimeout(toastTimer);
  const shown = $('#toast .toast');
  if (!shown) return;
  toastTimer = setTimeout(() => {
    if (shown.matches(':hover') || shown.contains(document.activeElement)) keepToast();
    else shown.remove();
  }, 8000);
}

function toast(...children) {
  $('#toast')?.replaceChildren(el('div', { class: 'toast' }, ...children));
  keepToast();
}

// The words of the last act stand in the address only until they were shown.
function tidyAddress() {
  const url = new URL(location.href);
  const before = url.search;
  for (const name of ['done', 'undone', 'later', 'back']) url.searchParams.delete(name);
  if (url.search !== before) history.replaceState(null, '', url);
}

// First run: the browser knows its zone.
function chooseZone() {
  const list = $('select[data-zone]');
  if (!list) return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (![...list.options].some((o) => o.value === zone)) list.append(el('option', {}, zone));
  list.value = zone;
}
