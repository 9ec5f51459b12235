import { readConfig } from './config-file.js';
import { keepingOf } from './keeping.js';
import { monitoringOf } from './monitoring.js';

const reading = (text: string) => ({ read: () => text });

const complete = `accounts:
  - vendor: openstack
    name: campus
    endpoint: http://127.0.0.1:5000/v3
    regions: { RegionOne: { city: Lyon, country: FR, continent: EU, latitude: 45.76, longitude: 4.84 } }
    credentials: { username: { env: OS_USERNAME }, password: { file: secrets/os }, project: demo, domain: Default }
    network: private
    images: { debian-12: cirros }
    prices: prices/campus.csv
    availability: 99.5 %
  - vendor: amazon
    name: test
    regions: [us-east-1]
    credentials: { access_key_id: { env: AWS_ACCESS_KEY_ID }, secret_access_key: { env: AWS_SECRET_ACCESS_KEY } }
testbed: off
rates: { EUR: 1.08 }
policies: {}
`;

it('without a file there are no accounts', () => {
  expect(readConfig(undefined, reading('never read'))).toEqual({ accounts: [], rates: {} });
});

it('takes the documented example, with file names relative to the configuration', () => {
  const config = readConfig('/etc/agency/config.yaml', reading(complete));
  expect(config.testbed).toBe('off');
  expect(config.rates).toEqual({ EUR: 1.08 });
  expect(config.accounts[0]).toMatchObject({
    prices: '/etc/agency/prices/campus.csv',
    credentials: { password: { file: '/etc/agency/secrets/os' }, project: 'demo' },
  });
  expect(config.accounts[1]).toMatchObject({ vendor: 'amazon', regions: ['us-east-1'] });
});

it.each([
  ['an empty file', ''],
  ['a comment', '# nothing yet\n'],
])('takes %s', (_, text) => {
  expect(readConfig('a.yaml', reading(text))).toMatchObject({ accounts: [], rates: {} });
});

it('tells every mistake at once, each with its line', () => {
  const text = complete
    .replace('vendor: openstack', 'vendr: openstack')
    .replace('name: campus', 'name: Campus Cloud')
    .replace('country: FR', 'country: France')
    .replace('EUR: 1.08', 'EUR: free')
    .replace('testbed: off', 'testbed: maybe')
    .replace('policies: {}', 'policies: { cheap: {} }');
  const message = messageOf(text);
  for (const part of [
    /line 2: accounts\.0\.vendr is not known; did you mean vendor\?/,
    /line 2: accounts\.0\.vendor is missing/,
    /line 3: accounts\.0\.name is not right/,
    /line 5: accounts\.0\.regions/,
    /line 15: testbed is not right: .*on, off, or the URL/,
    /line 16: rates\.EUR is not right/,
    /line 17: policies\.cheap/,
  ])
    expect(message).toMatch(part);
});

it.each([['hello\n'], ['- accounts\n- rates\n']])('refuses %j, which is no settings', (text) => {
  expect(messageOf(text)).toMatch(/:\n {2}line 1: the file must be settings by name, such as accounts: \[\]\.$/);
});

it('refuses two accounts of one name', () => {
  expect(messageOf(complete.replace('name: test', 'name: campus'))).toMatch(
    /line 12: accounts\.1\.name: 'campus' is the name of accounts\.0 already/,
  );
});

it('refuses an availability that is no share of time, for all regions or for one', () => {
  expect(messageOf(complete.replace('99.5 %', '101 %'))).toMatch(/line 10: accounts\.0\.availability is not right: .*100 %/);
  const byRegion = complete.replace('99.5 %', '\n      RegionOne: 99.5 %\n      RegionTwo: always');
  expect(messageOf(byRegion)).toMatch(/line 12: accounts\.0\.availability\.RegionTwo is not right: .*always/);
});

it('takes what traffic costs, for all regions or by region, discounts and quotas', () => {
  const egress = '{ internet: 0.09 USD/GiB, region: 0.02 USD/GiB, zone: 0 USD/GiB }';
  const config = readConfig(
    'a.yaml',
    reading(
      complete
        .replace(
          '    availability: 99.5 %\n',
          `    egress: ${egress}\n    discounts:\n      - { by: machines, over: region, markets: [on-demand], tiers: [{ from: 10, off: 5 % }, { from: 50, off: 10 % }] }\n` +
            '      - { by: spend, over: account, markets: [spot], tiers: [{ from: 1000 USD/month, off: 5 % }] }\n    quota: { machines: 50, memory: 400 GiB }\n',
        )
        .replace('    regions: [us-east-1]\n', `    regions: [us-east-1]\n    egress: { us-east-1: ${egress} }\n`)
        .replace(
          'policies: {}',
          'quotas: { shop: { machines: 20, cores: 80, memory: 160 GiB, gpu: 2 }, default: { machines: 2 } }',
        ),
    ),
  );
  expect(config.accounts[0]).toMatchObject({ egress: { internet: '0.09 USD/GiB' }, quota: { machines: 50 } });
  expect(config.accounts[0]?.discounts).toHaveLength(2);
  expect(config.accounts[1]?.egress).toMatchObject({ 'us-east-1': { zone: '0 USD/GiB' } });
  expect(config.quotas).toMatchObject({ default: { machines: 2 } });
});

it.each([
  [
    'egress: { internet: cheap, region: 0.02 USD/GiB, zone: 0 USD/GiB }',
    /line 10: accounts\.0\.egress\.internet is not right: .*cheap/,
  ],
  ['egress: { internet: 0.09 USD/GiB }', /line 10: accounts\.0\.egress is not right: .*internet: 0\.09 USD\/GiB, region/],
  ['quota: { memory: 4 apples }', /line 10: accounts\.0\.quota\.memory is not right: "apples" is not a unit/],
  ['quota: { machines: -1 }', /line 10: accounts\.0\.quota\.machines is not right/],
  [
    'discounts: [{ by: machines, over: account, tiers: [{ from: 10, off: 105 % }] }]',
    /line 10: accounts\.0\.discounts\.0\.tiers\.0\.off is not right: .*100 %/,
  ],
  [
    'discounts: [{ by: machines, over: account, tiers: [{ from: 10, off: 5 % }, { from: 20, off: 5 % }] }]',
    /line 10: accounts\.0\.discounts\.0\.tiers\.1 is not right: each tier must begin later and take more off/,
  ],
  [
    'discounts:\n      - { by: machines, over: account, markets: [spot], tiers: [{ from: 1, off: 5 % }] }\n      - { by: spend, over: region, tiers: [{ from: 1, off: 5 % }] }',
    /line 12: accounts\.0\.discounts\.1 is not right: its offers get discounts\.0 already/,
  ],
])('refuses %s', (term, message) => {
  expect(messageOf(complete.replace('availability: 99.5 %', term))).toMatch(message);
});

it('takes a tactic, or several of them', () => {
  const tactics = [
    '{ use: time-dependent, beta: 0.5, floor: 85 %, seed: 7 }',
    '[{ use: volume, tiers: [{ from: 10, off: 5 % }] }, { use: spot, floor: 60 % }]',
  ];
  for (const tactic of tactics)
    expect(
      readConfig('a.yaml', reading(complete.replace('availability: 99.5 %', `tactic: ${tactic}`))).accounts[0],
    ).toHaveProperty('tactic');
});

it('tells all that is wrong with tactics, each with its line', () => {
  const tactic = `tactic:
      - { use: time-dependent, floor: cheap }
      - use: volume
        tiers: [{ from: 10, off: 5 % }]
        bta: 2
      - { use: tit-for-tat }`;
  const message = messageOf(complete.replace('availability: 99.5 %', tactic));
  for (const part of [
    /line 11: accounts\.0\.tactic\.0\.floor is not right: "cheap" is not a quantity/,
    /line 14: accounts\.0\.tactic\.1\.bta is not right: unknown field "bta"/,
    /line 15: accounts\.0\.tactic\.2\.use is not right: "tit-for-tat" is not one of fixed, time-dependent/,
  ])
    expect(message).toMatch(part);
});

it('refuses a quota of a tenant that is no quantity', () => {
  expect(messageOf(complete.replace('policies: {}', 'quotas: { shop: { memory: much } }'))).toMatch(
    /line 17: quotas\.shop\.memory is not right: "much"/,
  );
});

it('takes where to write remotely, with files of secrets relative to the configuration', () => {
  const remote = (fields: string) => `monitoring: { remote_write: { url: "https://p.example/write"${fields} } }`;
  const text = remote(
    ', every: 30 s, headers: { Authorization: { file: secrets/p }, X-Scope-OrgID: us }, labels: { cluster: x }',
  );
  expect(readConfig('/etc/agency/config.yaml', reading(text)).monitoring).toEqual({
    remote_write: {
      ...{ url: 'https://p.example/write', every: '30 s', labels: { cluster: 'x' } },
      headers: { Authorization: { file: '/etc/agency/secrets/p' }, 'X-Scope-OrgID': 'us' },
    },
  });
  expect(messageOf(remote(', every: 100 ms'))).toMatch(
    /line 1: monitoring\.remote_write\.every is not right: 100 ms is too short/,
  );
  expect(messageOf(remote(', every: soon'))).toMatch(/monitoring\.remote_write\.every/);
  expect(messageOf(remote(', protocol: 3'))).toMatch(/monitoring\.remote_write\.protocol is not right/);
  expect(messageOf(remote(', query: x'))).toMatch(/remote_write\.query is not known/);
});

it('says where the YAML is wrong', () => {
  expect(messageOf('accounts:\n  - vendor: "amazon\n')).toMatch(/line \d: /);
});

it('refuses a file that is no mapping', () => {
  expect(() => readConfig('a.yaml', reading('- one\n- two\n'))).toThrow(
    expect.objectContaining({ code: 'invalid-setting' }) as Error,
  );
});

it('says which file it cannot read', () => {
  const read = (): string => {
    throw new Error('ENOENT: no such file or directory');
  };
  expect(() => readConfig('gone.yaml', { read })).toThrow(/Cannot read the configuration gone\.yaml: ENOENT/);
});

function messageOf(text: string): string {
  try {
    readConfig('agency.yaml', reading(text));
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid-setting' });
    return (error as Error).message;
  }
  throw new Error('was taken');
}

it('takes what the monitor is to keep, with a default for what is not said', () => {
  const monitoring = 'monitoring: { keep: { raw: 2 d }, disk: { at_most: 500 MiB }, statistics: { enough: 10 d } }';
  const config = readConfig('a.yaml', reading(complete.replace('policies: {}', monitoring)));
  const day = 86_400_000;
  expect(monitoringOf(config.monitoring)).toEqual({
    keep: { raw: 2 * day, fiveMinutes: 35 * day, rollUps: 400 * day },
    diskAtMost: 500 * 2 ** 20,
    statistics: { over: 90 * day, enough: 10 * day, machines: 3, every: 300_000 },
  });
});

it.each([
  ['{ keep: { raw: long } }', /line 17: monitoring\.keep\.raw is not right: .*long/],
  ['{ keep: { raw: 10 min } }', /line 17: monitoring\.keep\.raw is not right: must be an hour at least/],
  [
    '{ keep: { five_minutes: 500 d } }',
    /line 17: monitoring\.keep is not right|line 17: monitoring\.keep\.roll_ups is not right: must be no shorter/,
  ],
  ['{ disk: { at_most: 1 MiB } }', /line 17: monitoring\.disk\.at_most is not right: must be 16 MiB at least/],
  ['{ statistics: { machines: 0 } }', /line 17: monitoring\.statistics\.machines is not right/],
  ['{ keeps: {} }', /line 17: monitoring\.keeps is not known; did you mean keep/],
])('refuses monitoring: %s', (written, message) => {
  expect(messageOf(complete.replace('policies: {}', `monitoring: ${written}`))).toMatch(message);
});

it('takes how long events, conversations and what has ended are to be kept, with a default for what is not said', () => {
  const config = readConfig('a.yaml', reading(complete.replace('policies: {}', 'keep: { conversations: 7 d }')));
  expect(keepingOf(config.keep)).toEqual({
    events: 30 * 86_400_000,
    conversations: 7 * 86_400_000,
    ended: 1100 * 86_400_000,
  });
});

it.each([
  ['{ events: long }', /line 17: keep\.events is not right: .*long/],
  ['{ conversations: 3 h }', /line 17: keep\.conversations is not right: must be a day at least/],
  ['{ messages: 3 d }', /line 17: keep\.messages is not known/],
])('refuses keep: %s', (written, message) => {
  expect(messageOf(complete.replace('policies: {}', `keep: ${written}`))).toMatch(message);
});
