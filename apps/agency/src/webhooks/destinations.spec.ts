import { Destinations } from './destinations.js';

const open = (auth: 'none' | 'token', allow: readonly string[] = [], found: readonly string[] = []) =>
  new Destinations({ auth, config: { accounts: [], rates: {}, webhooks: { allow: [...allow] } } }, () =>
    Promise.resolve(found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))),
  );

const inside = [
  '127.0.0.1',
  '127.8.9.10',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '240.0.0.1',
  '::1',
  '::',
  '::7f00:1',
  'fe80::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  'fec0::1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001::1',
  '4000::1',
];
const written = (address: string): string => `https://${address.includes(':') ? `[${address}]` : address}/hook`;

describe('a webhook that leads inside', () => {
  it.each(inside)('is refused: %s', async (address) => {
    expect(open('token').objectionTo(written(address))).toMatch(/is not a public address/);
    await expect(open('token', [], [address]).addressesOf('hooks.example')).rejects.toThrow(
      /^hooks\.example is at .* which is not a public address/,
    );
  });

  it.each(['http://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://127.1/', 'http://[::ffff:127.0.0.1]/'])(
    'is refused however it is spelt: %s',
    (url) => {
      expect(open('token').objectionTo(url)).toMatch(/is not a public address/);
    },
  );
});

it('leads to public addresses, and names are looked up when something is posted', async () => {
  for (const address of ['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946', '::ffff:93.184.216.34'])
    expect(open('token').objectionTo(written(address))).toBeUndefined();
  expect(open('token').objectionTo('https://hooks.example/')).toBeUndefined();
  const found = await open('token', [], ['10.0.0.1', '93.184.216.34']).addressesOf('hooks.example');
  expect(found.map(({ address }) => address)).toEqual(['93.184.216.34']);
  await expect(open('token', [], []).addressesOf('hooks.example')).rejects.toThrow('hooks.example has no address');
});

it('leads to this machine where everybody is on it, and to what the operator allows', () => {
  for (const url of ['http://127.0.0.1:9/', 'http://[::1]:9/', 'http://[::ffff:127.0.0.1]/'])
    expect(open('none').objectionTo(url)).toBeUndefined();
  expect(open('none').objectionTo('http://10.1.2.3/')).toBeDefined();
  const allowing = open('token', ['10.0.0.0/8', 'fd00::/8', '192.168.7.7']);
  for (const url of ['http://10.1.2.3/', 'http://[::ffff:10.1.2.3]/', 'http://[fd12::1]/', 'http://192.168.7.7/'])
    expect(allowing.objectionTo(url)).toBeUndefined();
  for (const url of ['http://11.1.2.3.4.example/', 'http://192.168.7.8/', 'http://127.0.0.1/'])
    expect(allowing.objectionTo(url) === undefined).toBe(url.includes('example'));
});

it('leads nowhere with a user or password in its URL, which all would see', () => {
  for (const url of ['https://me:secret@hooks.example/', 'https://token@hooks.example/', 'http://:secret@127.0.0.1/'])
    expect(open('none').objectionTo(url)).toMatch(/^no user and password may stand in the URL/);
});
