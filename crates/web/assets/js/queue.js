// Attempts that are not sent yet, kept in this browser. Work only. Also part of the service worker.
function openQueue() {
  return new Promise((ok, no) => {
    const asked = indexedDB.open('rebound', 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('queue', { keyPath: 'id' });
      asked.result.createObjectStore('meta');
    };
    asked.onsuccess = () => ok(asked.result);
    asked.onerror = () => no(asked.error);
  });
}

async function inStore(name, mode, work) {
  const db = await openQueue();
  try {
    return await new Promise((ok, no) => {
      const tx = db.transaction(name, mode);
      const asked = work(tx.objectStore(name));
      tx.oncomplete = () => ok(asked.result);
      tx.onerror = tx.onabort = () => no(tx.error);
    });
  } finally {
    db.close();
  }
}

const queue = {
  all: async () => (await inStore('queue', 'readonly', (s) => s.getAll())).sort((a, b) => (a.at < b.at ? -1 : 1)),
  put: (entry) => inStore('queue', 'readwrite', (s) => s.put(entry)),
  drop: (id) => inStore('queue', 'readwrite', (s) => s.delete(id)),
  clear: async () => {
    await inStore('queue', 'readwrite', (s) => s.clear());
    await inStore('meta', 'readwrite', (s) => s.clear());
  },
  // Who is signed in here, and in which workspace: nothing goes out for anybody else.
  home: () => inStore('meta', 'readonly', (s) => s.get('home')),
  settle: (home) => inStore('meta', 'readwrite', (s) => s.put(home, 'home')),
};

const isHome = (entry, home) => home && entry.workspace === home.workspace && entry.person === home.person;

function fieldsOf(entry) {
  const fields = { id: entry.id, outcome: entry.outcome, at: entry.at, zone: entry.zone, workspace: entry.workspace, person: entry.person };
  if (entry.pitch) fields.pitch = entry.pitch;
  if (!entry.prospect) return { ...fields, other: entry.name };
  // Only somebody new is called by a name; the server takes anybody else's from the ledger.
  return { ...fields, who: entry.prospect, name: entry.name };
}

// Sends what belongs here, oldest first; the attempt's own id makes sending twice harmless.
// Answers what came back for each, and stops at the first that finds nobody there.
async function sendQueue() {
  const home = await queue.home();
  const answers = {};
  for (const entry of await queue.all()) {
    if (!isHome(entry, home) || entry.refused) continue;
    let reply;
    try {
      reply = await fetch('/log', {
        method: 'POST',
        body: new URLSearchParams(fieldsOf(entry)),
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(15000),
      });
    } catch {
      break;
    }
    const said = await reply.json().catch(() => ({}));
    if (reply.ok) {
      await queue.drop(entry.id);
    } else if (reply.status === 401) {
      answers[entry.id] = { ok: false, ...said };
      break;
    } else if (reply.status >= 500 || reply.status === 421) {
      break;
    } else {
      await queue.put({ ...entry, refused: said.error || 'It was not taken.' });
    }
    answers[entry.id] = { ok: reply.ok, ...said };
  }
  return answers;
}
