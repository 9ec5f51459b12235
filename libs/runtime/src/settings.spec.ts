import { resolveSecret } from './secret.js';
import { readSettings } from './settings.js';

const config = { accounts: [], rates: {} };

it('has the documented defaults', () => {
  expect(readSettings({}, config)).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    auth: 'none',
    lowerCaseNames: false,
    logLevel: 'warn',
  });
  expect(readSettings({ AGENCY_OCCI_LOWERCASE: 'on' }, config).lowerCaseNames).toBe(true);
  expect(readSettings({}, config).dataDirectory).toMatch(/\/\.agency$/);
});

it.each([
  [{ AGENCY_PORT: 'http' }, /AGENCY_PORT is 'http'/],
  [{ AGENCY_PORT: '70000' }, /1 to 65535/],
  [{ AGENCY_HOST: '0.0.0.0' }, /AGENCY_HOST is 0\.0\.0\.0, which others can reach/],
  [{ AGENCY_AUTH: 'token' }, /AGENCY_AUTH is token, and there is none/],
  [
    { AGENCY_AUTH: 'token', AGENCY_TOKENS: 'secret-without-tenant' },
    /^AGENCY_TOKENS must be <tenant>:<token>,…; number 1 is not\.$/,
  ],
  [{ AGENCY_AUTH: 'oidc' }, /names no provider/],
  [{ AGENCY_RATE_LIMIT: 'fast' }, /AGENCY_RATE_LIMIT is 'fast'/],
  [{ AGENCY_OCCI_LOWERCASE: 'yes' }, /AGENCY_OCCI_LOWERCASE is 'yes'; it must be on or off/],
  [{ AGENCY_AUTH: 'open' }, /must be none, token or oidc/],
  [{ AGENCY_LOG: 'loud' }, /AGENCY_LOG is 'loud'/],
  [{ AGENCY_ROLES: 'front,fornt' }, /AGENCY_ROLES names 'fornt'; did you mean front\? The roles are front, client,/],
  [{ AGENCY_ROLES: 'front' }, /Set DATABASE_URL/],
])('refuses %j', (environment, reason) => {
  expect(() => readSettings(environment, config)).toThrow(
    expect.objectContaining({ code: 'invalid-setting', message: expect.stringMatching(reason) as string }) as Error,
  );
});

it('divides the agency by role where its store can be shared', () => {
  const settings = (environment: Record<string, string>) => readSettings(environment, config).roles;
  expect(settings({})).toEqual(['front', 'client', 'mediator', 'negotiator', 'tier']);
  expect(settings({ AGENCY_ROLES: ' tier, client', DATABASE_URL: 'postgres://db' })).toEqual(['client', 'tier']);
  expect(settings({ AGENCY_ROLES: 'negotiator' })).toEqual(['negotiator']);
});

it('lets others in once there are tokens', () => {
  const tokens = [{ tenant: 'b', token: { env: 'B' } }];
  const settings = readSettings(
    { AGENCY_HOST: '0.0.0.0', AGENCY_AUTH: 'token', AGENCY_TOKENS: 'a:0123456789abcdef' },
    { ...config, tokens },
  );
  expect(settings).toMatchObject({
    host: '0.0.0.0',
    auth: 'token',
    tokens: [...tokens, { tenant: 'a', token: '0123456789abcdef' }],
  });
});

it('serves metrics where it is told to, and to those who may read them', () => {
  const read = (environment: Record<string, string>) => readSettings(environment, { accounts: [], rates: {} });
  expect(read({})).not.toHaveProperty('metricsPort');
  expect(read({ AGENCY_METRICS_PORT: '9464', AGENCY_METRICS_TOKEN: '0123456789abcdef' })).toMatchObject({
    metricsPort: 9464,
    metricsToken: '0123456789abcdef',
  });
  expect(() => read({ AGENCY_METRICS_PORT: 'http' })).toThrow('AGENCY_METRICS_PORT is');
  expect(() => read({ AGENCY_METRICS_TOKEN: 'short' })).toThrow('less than 16 characters');
  const open = { AGENCY_HOST: '0.0.0.0', AGENCY_AUTH: 'token', AGENCY_TOKENS: 'a:0123456789abcdef', AGENCY_METRICS_PORT: '9464' };
  expect(() => read(open)).toThrow('set AGENCY_METRICS_TOKEN');
});

describe('a secret', () => {
  const source = {
    variable: (name: string) => (name === 'OS_PASSWORD' ? 'from the environment' : undefined),
    read: (path: string) => {
      if (path === '/run/secrets/os') return 'from a file\n';
      throw new Error('ENOENT');
    },
    vault: (name: string) => `${name} from the vault`,
  };

  it.each([
    ['as it is', 'as it is'],
    [{ env: 'OS_PASSWORD' }, 'from the environment'],
    [{ file: '/run/secrets/os' }, 'from a file'],
    [{ vault: 'os' }, 'os from the vault'],
  ])('given as %j', (secret, value) => {
    expect(resolveSecret(secret, source)).toBe(value);
  });

  it('says where it should be when it is not there', () => {
    expect(() => resolveSecret({ env: 'MISSING' }, source)).toThrow(/MISSING is not set/);
    expect(() => resolveSecret({ file: '/gone' }, source)).toThrow(/Cannot read \/gone/);
  });
});
