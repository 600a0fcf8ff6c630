// An OpenID provider for tests: a real implementation with people we make up. Started by testkit
// with the folder of its packages and a file that lists the people; prints where it listens.
//
// GET /tamper/HOW spoils the tokens it hands out from then on, so that a test can see them refused.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [packages, peopleFile] = process.argv.slice(2);
const find = createRequire(`${packages}/package.json`);
const { default: Provider } = await import(pathToFileURL(find.resolve('oidc-provider')));
// Read at each sign-in: a test may change who is in which group.
const people = () => JSON.parse(readFileSync(peopleFile, 'utf8'));

const key = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const own = key();
const strange = key();
const next = key();
const jwk = { ...own.export({ format: 'jwk' }), kid: 'own', alg: 'RS256', use: 'sig' };
const nextPublic = { ...createPublicKey(next).export({ format: 'jwk' }), kid: 'next', alg: 'RS256', use: 'sig' };

let tamper = '';
const write = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
const sign = (head, claims, by) => {
  const text = `${write(head)}.${write(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(by, 'base64url')}`;
};

// The same token, spoilt in one way.
function spoilt(token) {
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  const head = { alg: 'RS256', kid: 'own' };
  const now = Math.floor(Date.now() / 1000);
  switch (tamper) {
    // Not spoilt: what shows that the others are refused for what they changed.
    case 'signed-again': return sign(head, claims, own);
    case 'nonce': return sign(head, { ...claims, nonce: 'another' }, own);
    case 'no-nonce': return sign(head, { ...claims, nonce: undefined }, own);
    case 'audience': return sign(head, { ...claims, aud: 'another-client' }, own);
    case 'issuer': return sign(head, { ...claims, iss: 'https://another.example' }, own);
    case 'expired': return sign(head, { ...claims, iat: now - 900, exp: now - 300 }, own);
    case 'future': return sign(head, { ...claims, iat: now + 900, exp: now + 1800 }, own);
    case 'subject': return sign(head, { ...claims, sub: 'somebody-else' }, own);
    case 'signature': return sign(head, claims, strange);
    // A key it has had since a moment ago, which stands in its list of keys.
    case 'rotated': return sign({ ...head, kid: 'next' }, claims, next);
    // Says that an address is verified, and not which.
    case 'verified': return sign(head, { ...claims, email_verified: true }, own);
    // As if it had asked nobody anything for hours.
    case 'asked-long-ago': return sign(head, { ...claims, auth_time: now - 7200 }, own);
    case 'unsigned': return `${write({ alg: 'none' })}.${write(claims)}.`;
    case 'secret': {
      // Signed with what both sides know: nobody may take the client's secret for a key.
      return `${write({ alg: 'HS256' })}.${write(claims)}.c2lnbmVk`;
    }
    default: return token;
  }
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'rebound',
      client_secret: 'a-secret-of-the-tests',
      // A native client may come back to any port of this computer.
      application_type: 'native',
      redirect_uris: ['http://localhost/enter/provider/back', 'http://127.0.0.1/enter/provider/back'],
    }],
    jwks: { keys: [jwk] },
    cookies: { keys: ['only for tests'] },
    pkce: { required: () => true, methods: ['S256'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'zoneinfo'], groups: ['groups'] },
    findAccount: (ctx, id) => {
      const claims = people()[id];
      return claims && { accountId: id, claims: () => ({ sub: id, ...claims }) };
    },
  });
  provider.use(async (ctx, more) => {
    if (ctx.path.startsWith('/tamper/')) {
      tamper = ctx.path.slice('/tamper/'.length);
      ctx.body = tamper;
      return;
    }
    await more();
    if (ctx.path === '/jwks' && tamper === 'rotated') ctx.body = { keys: [nextPublic] };
    if (ctx.path === '/token' && ctx.body?.id_token && tamper) {
      ctx.body = { ...ctx.body, id_token: spoilt(ctx.body.id_token) };
    }
  });
  server.on('request', provider.callback());
  console.log(`listening at ${issuer}`);
});
