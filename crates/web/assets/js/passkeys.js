// Passkeys: the browser's own question, between two of ours. Without it, nothing shows.
(() => {
'use strict';
const places = document.querySelectorAll('[data-passkey]');
if (!window.PublicKeyCredential || !navigator.credentials) return;

const read = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
const write = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

async function post(path, sent) {
  let answer;
  try {
    answer = await fetch(path, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(sent),
    });
  } catch {
    throw new Error('Rebound cannot be reached just now. Try again in a moment.');
  }
  const said = await answer.json().catch(() => ({}));
  if (said.enter) location.assign(said.enter);
  if (!answer.ok) throw new Error([said.error, said.hint].filter(Boolean).join(' ') || 'Rebound did not answer as it should. Try again.');
  return said;
}

// What the browser takes as bytes, we send as text.
function question({ publicKey }) {
  const asBytes = (list = []) => list.map((known) => ({ ...known, id: read(known.id) }));
  const asked = { ...publicKey, challenge: read(publicKey.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: read(asked.user.id) };
  if (asked.excludeCredentials) asked.excludeCredentials = asBytes(asked.excludeCredentials);
  if (asked.allowCredentials) asked.allowCredentials = asBytes(asked.allowCredentials);
  return { publicKey: asked };
}

// Only what is checked goes back: no extension's result leaves this page.
function answered({ id, rawId, type, response }) {
  const parts = ['attestationObject', 'authenticatorData', 'clientDataJSON', 'signature', 'userHandle'];
  const sent = {};
  for (const part of parts) if (response[part]) sent[part] = write(response[part]);
  return { id, rawId: write(rawId), type, response: sent, extensions: {} };
}

const WORDS = {
  NotAllowedError: 'Your browser did not answer, or it was called off. Try again when you like.',
  AbortError: 'Your browser did not answer, or it was called off. Try again when you like.',
  InvalidStateError: 'This device has a passkey for you already.',
  SecurityError: 'Passkeys do not work under this address. Open Rebound by its name.',
  NotSupportedError: 'This device cannot make passkeys.',
  ConstraintError: 'This device cannot ask for a finger, face or PIN, which a passkey needs.',
};

for (const place of places) {
  const button = place.querySelector('button');
  const path = place.dataset.passkey === 'here' ? `${location.pathname}/passkey` : place.dataset.passkey;
  const say = (text) => {
    const line = document.createElement('p');
    line.className = 'err';
    line.setAttribute('role', 'alert');
    line.textContent = text;
    place.append(line);
  };
  place.hidden = false;
  button.addEventListener('click', async () => {
    place.querySelector('.err')?.remove();
    button.disabled = true;
    try {
      const asked = question(await post(`${path}/begin`, {}));
      const credential = 'make' in place.dataset
        ? await navigator.credentials.create(asked)
        : await navigator.credentials.get(asked);
      const name = place.querySelector('input')?.value || '';
      const { next } = await post(`${path}/finish`, { name, credential: answered(credential) });
      // The page asked for before, which the server has looked at.
      location.assign(document.querySelector('input[name=next]')?.value || next);
    } catch (e) {
      say(WORDS[e.name] || (e.name === 'Error' ? e.message : 'This browser could not do it. Try another one.'));
    }
    button.disabled = false;
  });
}
})();
