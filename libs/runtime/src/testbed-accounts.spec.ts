import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from './clock.js';
import { withTestbedAccounts } from './testbed-accounts.js';

let server: Server;
let answer = '';
let testbed: string;

beforeAll(async () => {
  server = createServer((_, response) => response.setHeader('content-type', 'application/json').end(answer)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  testbed = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const account = (name: string) => ({ vendor: 'ptc', name, regions: ['north'], credentials: {} });
const config = { accounts: [account('own')], rates: {} };

it('has the accounts of a testbed follow the configured ones', async () => {
  answer = JSON.stringify([account('ptc')]);
  const { accounts } = await withTestbedAccounts({ ...config, testbed }, systemClock);
  expect(accounts.map(({ name }) => name)).toEqual(['own', 'ptc']);
});

it.each([
  ['what is no JSON', '<html>welcome</html>', /where something answers that is no testbed/],
  ['other JSON', '{"status":"ok"}', /where something answers that is no testbed/],
  ['other lists', '[{"name":"ptc"}]', /where something answers that is no testbed/],
  ['an account of a name that is taken', JSON.stringify([account('own')]), /'own' is an account of the testbed/],
])('refuses %s', async (_, said, message) => {
  answer = said;
  const accounts = withTestbedAccounts({ ...config, testbed }, systemClock);
  await expect(accounts).rejects.toMatchObject({ code: 'invalid-setting', message: expect.stringMatching(message) as string });
});
