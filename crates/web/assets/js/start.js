// What happens when a page is there.
// The attempt that this page says was logged.
const spokenOf = location.pathname.match(/^\/logged\/(.+)/)?.[1] || new URLSearchParams(location.search).get('done');
chooseZone();
keepToast();
tidyAddress();
matchChips();
if (location.hash === '#find') $('#find')?.focus();
// On a phone the tab one is at may lie beyond the edge.
const tab = $('.tabs [aria-current]');
if (tab) tab.parentNode.scrollLeft = tab.offsetLeft - tab.parentNode.offsetLeft;

// What is shown only once can be copied; without scripts it is selected by hand.
for (const button of document.querySelectorAll('[data-copy]')) {
  const text = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener('click', async () => {
    text.select();
    // The clipboard is there over https and on this computer only.
    const done = await navigator.clipboard?.writeText(text.value).then(() => true, () => false) || document.execCommand('copy');
    $('[role=status]', button.parentNode).textContent = done ? 'Copied.' : 'It is selected: copy it with your keyboard.';
  });
}

// Signing out takes what is not sent along; that is said first.
async function warnBeforeLeaving() {
  const leave = $('[data-leave]');
  if (!leave) return;
  const entries = await queue.all();
  if (entries.length) {
    const [count, them] = entries.length === 1 ? ['1 attempt is', 'it'] : [`${entries.length} attempts are`, 'them'];
    const box = $('[data-leave-warning]');
    $('p', box).textContent = `${count} not sent yet. Signing out deletes ${them} from this device.`;
    box.hidden = false;
    $('button', leave).textContent = 'Sign out and delete';
  }
  leave.addEventListener('submit', (e) => {
    e.preventDefault();
    queue.clear().catch(() => {}).then(() => leave.submit());
  });
}

(async () => {
  const { workspace, person, keys, timezone } = body.dataset;
  if (workspace) await queue.settle({ workspace, person, keys, zone: timezone });
  // Pages that are the same for everybody follow whoever is here.
  else body.dataset.keys = (await queue.home())?.keys || 'on';
  if (spokenOf) await queue.drop(spokenOf);
  await draw();
  if ((await queue.all()).length) await flush();
  await warnBeforeLeaving();
})().catch(() => {});

addEventListener('online', () => flush());
document.addEventListener('visibilitychange', () => draw());
addEventListener('pageshow', (e) => e.persisted && $('[data-log]') && location.reload());

if (navigator.serviceWorker) {
  navigator.serviceWorker.register('/sw.js').catch(() => {});
  navigator.serviceWorker.addEventListener('message', (e) => {
    if (e.data === 'sent') renewed().then(draw);
  });
}
