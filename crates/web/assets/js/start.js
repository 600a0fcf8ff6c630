// What happens when a page is there.
chooseZone();
keepToast();
tidyAddress();
if (location.hash === '#find') $('#find')?.focus();

(async () => {
  const { workspace, person } = body.dataset;
  if (workspace) await queue.settle({ workspace, person });
  await draw();
  if ((await queue.all()).length) await flush();
})().catch(() => {});

addEventListener('online', () => flush());
addEventListener('pageshow', (e) => e.persisted && $('[data-log]') && location.reload());

if (navigator.serviceWorker) {
  navigator.serviceWorker.register('/sw.js').catch(() => {});
  navigator.serviceWorker.addEventListener('message', (e) => e.data === 'sent' && draw());
}

// Signing out takes what is not sent along; that is said first.
const leave = $('[data-leave]');
if (leave) {
  queue.all().then((entries) => {
    if (!entries.length) return;
    const count = entries.length === 1 ? '1 attempt is' : `${entries.length} attempts are`;
    const box = $('[data-leave-warning]');
    $('p', box).textContent = `${count} not sent yet. Signing out deletes ${entries.length === 1 ? 'it' : 'them'} from this device.`;
    box.hidden = false;
    $('button', leave).textContent = 'Sign out and delete';
  }).catch(() => {});
  leave.addEventListener('submit', (e) => {
    e.preventDefault();
    queue.clear().catch(() => {}).then(() => leave.submit());
  });
}
