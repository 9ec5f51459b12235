import type { AgencyError } from '@cloud-agency/errors';
import type { Clock } from '@cloud-agency/runtime';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { admission, type Admission } from '../../src/tenants/admission.js';

class ManualClock implements Clock {
  at = 0;
  now = () => this.at;
  after = () => () => undefined;
  every = () => () => undefined;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const tokens = [
  { tenant: 'a', token: 'a-token-of-tenant-a' },
  { tenant: 'b', token: 'a-token-of-tenant-b' },
];
const refusal = async (run: () => unknown): Promise<AgencyError> => {
  try {
    await run();
  } catch (error) {
    return error as AgencyError;
  }
  throw new Error('It was admitted.');
};

describe('with tokens', () => {
  const clock = new ManualClock();
  const open = (rateLimit = 0) => admission({ auth: 'token', tokens, rateLimit }, clock);

  it('each opens its tenant', async () => {
    const door = open();
    expect(await door.admit(bearer('a-token-of-tenant-a'), '')).toBe('a');
    expect(await door.admit({ authorization: 'bearer  a-token-of-tenant-b' }, '')).toBe('b');
  });

  it.each([
    [{}, 'Bearer realm="Cloud Agency"'],
    [bearer('a-token-of-tenant-c'), 'Bearer realm="Cloud Agency", error="invalid_token"'],
    [bearer('a-token-of-tenant-'), 'Bearer realm="Cloud Agency", error="invalid_token"'],
    [{ authorization: 'Basic YTpi' }, 'Bearer realm="Cloud Agency", error="invalid_token"'],
  ])('nobody else comes in: %j', async (headers, challenge) => {
    const error = await refusal(() => open().admit(headers, ''));
    expect([error.code, error.details.challenge]).toEqual(['unauthorized', challenge]);
    expect(error.message).not.toContain('tenant');
  });

  it('a tenant has its requests a second, whatever the others do', async () => {
    const door = open(2);
    for (let turn = 0; turn < 4; turn += 1) await door.admit(bearer('a-token-of-tenant-a'), '');
    const error = await refusal(() => door.admit(bearer('a-token-of-tenant-a'), ''));
    expect([error.code, error.details.seconds]).toEqual(['too-many-requests', 1]);
    expect(await door.admit(bearer('a-token-of-tenant-b'), '')).toBe('b');
    clock.at += 500;
    expect(await door.admit(bearer('a-token-of-tenant-a'), '')).toBe('a');
  });

  it('guessing ends soon, also with the right guess', async () => {
    const door = open();
    const guess = (token: string) => refusal(() => door.admit(bearer(token), '10.0.0.1'));
    for (let turn = 0; turn < 20; turn += 1) expect((await guess(`guess-${turn}`)).code).toBe('unauthorized');
    expect((await guess('a-token-of-tenant-a')).code).toBe('too-many-requests');
    expect(await door.admit(bearer('a-token-of-tenant-a'), '10.0.0.2')).toBe('a');
  });

  it('one that is short is refused at start', () => {
    expect(() => admission({ auth: 'token', tokens: [{ tenant: 'a', token: 'short' }], rateLimit: 0 }, clock)).toThrow(
      'less than 16 characters',
    );
  });
});

describe('without sign-in', () => {
  const door = admission({ auth: 'none', tokens: [], rateLimit: 0 }, new ManualClock());
  const doors = ['admit', 'admitOperator'] as const;

  it.each([
    {},
    { host: 'localhost:8080' },
    { host: '127.0.0.1:8080' },
    { host: '127.1.2.3' },
    { host: '[::1]:8080' },
    { host: 'agency.localhost' },
    { host: 'localhost:8080', origin: 'http://localhost:8080' },
    { host: 'localhost', origin: 'https://localhost' },
    { host: 'localhost:80', origin: 'http://localhost' },
  ])('takes what comes from this machine: %j', async (headers) => {
    for (const way of doors) await door[way](headers, '127.0.0.1');
  });

  it.each([
    [{ host: 'evil.example' }, '"evil.example"'],
    [{ host: 'localhost.evil.example:8080' }, '"localhost.evil.example:8080"'],
    [{ host: '127.0.0.1.evil.example' }, '"127.0.0.1.evil.example"'],
    [{ host: '10.0.0.1:8080' }, '"10.0.0.1:8080"'],
    [{ host: '' }, '""'],
    [{ host: 'localhost:8080', origin: 'https://evil.example' }, '"https://evil.example"'],
    [{ host: 'localhost:8080', origin: 'http://localhost:3000' }, '"http://localhost:3000"'],
    [{ host: 'localhost:8080', origin: 'null' }, '"null"'],
    [{ origin: 'http://localhost' }, '"http://localhost"'],
  ])('refuses what a page of another origin has a browser send: %j', async (headers, named) => {
    for (const way of doors) {
      const { code, message } = await refusal(() => door[way](headers, '127.0.0.1'));
      expect([code, message]).toEqual(['forbidden', expect.stringContaining(named)]);
    }
  });
});

describe('what is of all tenants', () => {
  const clock = new ManualClock();
  const settings = { tokens, rateLimit: 0 } as const;
  const operator = 'a-token-of-the-operator';

  it('is open where access is, unless a token is set', async () => {
    expect(await tried(admission({ ...settings, auth: 'none' }, clock), {})).toBe('in');
    const door = admission({ ...settings, auth: 'none', metricsToken: operator }, clock);
    expect((await refusal(() => tried(door, {}))).code).toBe('unauthorized');
    expect(await tried(door, bearer(operator))).toBe('in');
  });

  it('is not for tenants: the operator has a token of its own', async () => {
    const door = admission({ ...settings, auth: 'token', metricsToken: operator }, clock);
    expect((await refusal(() => tried(door, bearer('a-token-of-tenant-a')))).code).toBe('unauthorized');
    expect(await tried(door, bearer(operator))).toBe('in');
    const none = admission({ ...settings, auth: 'token' }, clock);
    expect((await refusal(() => tried(none, bearer('a-token-of-tenant-a')))).code).toBe('forbidden');
    expect((await refusal(() => tried(none, {}))).code).toBe('unauthorized');
  });

  it('is not to be guessed', async () => {
    const door = admission({ ...settings, auth: 'none', metricsToken: operator }, clock);
    for (let turn = 0; turn < 20; turn += 1) await refusal(() => tried(door, bearer('a-guess')));
    expect((await refusal(() => tried(door, bearer(operator)))).code).toBe('too-many-requests');
  });

  const tried = async (door: Admission, headers: { authorization?: string }): Promise<string> => {
    await door.admitOperator(headers, '10.0.0.9');
    return 'in';
  };
});

describe('with an identity provider', () => {
  let provider: Server;
  let issuer: string;
  let sign: (claims: object, change?: (jwt: SignJWT) => SignJWT) => Promise<string>;
  let signElsewhere: typeof sign;

  beforeAll(async () => {
    const [ours, theirs] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
    const jwk = { ...(await exportJWK(ours.publicKey)), kid: '1', alg: 'ES256' };
    provider = createServer((request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(request.url === '/jwks' ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/jwks` }));
    }).listen(0, '127.0.0.1');
    await once(provider, 'listening');
    issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    const signer =
      (key: Parameters<SignJWT['sign']>[0]): typeof sign =>
      async (claims, change = (jwt) => jwt) =>
        await change(
          new SignJWT({ ...claims })
            .setProtectedHeader({ alg: 'ES256', kid: '1' })
            .setIssuer(issuer)
            .setAudience('agency')
            .setExpirationTime('1h'),
        ).sign(key);
    sign = signer(ours.privateKey);
    signElsewhere = signer(theirs.privateKey);
  });
  afterAll(() => {
    provider.close();
  });

  const open = (of = issuer) =>
    admission(
      { auth: 'oidc', tokens: [], oidc: { issuer: of, audience: 'agency', claim: 'project' }, rateLimit: 0 },
      new ManualClock(),
    );

  it('a token opens the tenant that its claim names', async () => {
    expect(await open().admit(bearer(await sign({ project: 'shop' })), '')).toBe('shop');
  });

  it.each<[string, () => Promise<string>]>([
    ['of another audience', () => sign({ project: 'shop' }, (jwt) => jwt.setAudience('other'))],
    ['of another issuer', () => sign({ project: 'shop' }, (jwt) => jwt.setIssuer('http://other.example'))],
    ['that has expired', () => sign({ project: 'shop' }, (jwt) => jwt.setExpirationTime(1))],
    ['without the claim', () => sign({ sub: 'shop' })],
    ['that means everybody', () => sign({ project: '*' })],
    ['signed by somebody else', () => signElsewhere({ project: 'shop' })],
    ['that is none', () => Promise.resolve('a.b.c')],
    ['without a signature', () => Promise.resolve(`${btoa('{"alg":"none"}')}.${btoa('{"project":"shop"}')}.`)],
  ])('a token %s opens nothing', async (_, token) => {
    const given = await token();
    expect((await refusal(() => open().admit(bearer(given), ''))).code).toBe('unauthorized');
  });

  it('that does not answer is the Agency’s trouble, not the client’s', async () => {
    const error = await refusal(async () => open('http://127.0.0.1:1').admit(bearer(await sign({ project: 'shop' })), ''));
    expect([error.code, error.status]).toEqual(['issuer-unreachable', 503]);
  });
});
