// The service worker: styles, scripts and the offline page are kept; pages with data never are.
const FILES = /*FILES*/[];
const NAME = 'rebound-/*VERSION*/';

self.addEventListener('install', (e) => {
  e.waitUntil(caches.open(NAME).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
  e.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith('rebound-') && name !== NAME) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener('fetch', (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== 'GET' || url.origin !== location.origin) return;
  if (url.pathname.startsWith('/a/')) {
    e.respondWith(caches.match(e.request).then((kept) => kept || fetch(e.request)));
  } else if (e.request.mode === 'navigate') {
    e.respondWith(fetch(e.request).catch(async () => {
      const own = FILES.includes(url.pathname) ? url.pathname : '/offline';
      return (await caches.match(own)) || Response.error();
    }));
  }
});

self.addEventListener('sync', (e) => {
  if (e.tag !== 'send') return;
  e.waitUntil((async () => {
    const answers = Object.values(await sendQueue());
    const home = await queue.home();
    const left = (await queue.all()).filter((entry) => isHome(entry, home) && !entry.refused);
    if (answers.some((a) => a.ok)) {
      for (const page of await self.clients.matchAll()) page.postMessage('sent');
    }
    // Failing asks the browser to try again later.
    if (left.length) throw new Error('not all sent');
  })());
});
