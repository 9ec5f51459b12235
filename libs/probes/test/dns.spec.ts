import { address, exchange, name, NameServer, words } from './name-server.js';
import { bad, good, probed } from './probing.js';

let server: NameServer;
beforeAll(async () => {
  server = await NameServer.at('127.0.0.1', {
    'shop.example A': [address('192.0.2.1'), address('192.0.2.2')],
    'self.example A': [address('127.0.0.1')],
    'www.example CNAME': [name('Shop.Example')],
    'shop.example MX': [exchange(10, 'mail.example')],
    'shop.example TXT': [words('v=spf1 -all')],
  });
});
afterAll(() => server.close());

it.each([
  ['any answer', { name: 'shop.example', type: 'A' }, true],
  ['some of the answers', { name: 'shop.example', type: 'A', answers: ['192.0.2.2'] }, true],
  ['all of the answers', { name: 'SHOP.example.', type: 'A', answers: ['192.0.2.2', '192.0.2.1'] }, true],
  ['another answer', { name: 'shop.example', type: 'A', answers: ['192.0.2.2', '192.0.2.9'] }, false],
  ['the machine itself', { name: 'self.example', type: 'A', answers: ['{address}'] }, true],
  [
    'a name in either case, with or without its last dot',
    { name: 'www.example', type: 'CNAME', answers: ['shop.example.'] },
    true,
  ],
  ['a mail exchange', { name: 'shop.example', type: 'MX', answers: ['10 mail.example'] }, true],
  ['a text as it is', { name: 'shop.example', type: 'TXT', answers: ['v=spf1 -all'] }, true],
  ['a text in other case', { name: 'shop.example', type: 'TXT', answers: ['V=SPF1 -all'] }, false],
  ['a name that is not', { name: 'none.example', type: 'A' }, false],
] as const)('is asked for %s', async (_, ask, ok) => {
  expect(await probed({ dns: { ...ask, port: server.port } })).toMatchObject({ ok });
});

it('says what it was told, and what is missing', async () => {
  const ask = { type: 'A', port: server.port } as const;
  expect(await probed({ dns: { ...ask, name: 'shop.example' } })).toEqual({
    ...good,
    detail: 'A shop.example: 192.0.2.1, 192.0.2.2',
  });
  expect(await probed({ dns: { ...ask, name: 'none.example' } })).toEqual(bad('A none.example: ENOTFOUND'));
  expect(await probed({ dns: { ...ask, name: 'shop.example', answers: ['192.0.2.9'] } })).toEqual(
    bad('A shop.example: 192.0.2.1, 192.0.2.2; without 192.0.2.9'),
  );
});

it('waits no longer than it may', async () => {
  const ask = { name: 'silent.example', type: 'A', port: server.port } as const;
  expect(await probed({ dns: ask }, { timeout: 100 })).toEqual(bad('no answer within 100 ms'));
});
