import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agency } from './run.js';

const guarantee = (resource: string, change = {}) => ({
  ...{ term: 'metric', about: 'queue_length', of: 'web', resource, state: 'fulfilled', wanted: 10, side: 'at_most' },
  ...{ measured: 3, unit: '1', budgetSpent: null, violations: 0, ...change },
});
const report = {
  ...{ name: 'shop', month: '2026-11', until: '2026-12-01T00:00:00.000Z', complete: true, charge: 1, penalties: 0, rewards: 0 },
  guarantees: [guarantee('m1'), guarantee('m2', { state: 'violated', violations: 1 })],
  violations: { total: 2_500 },
  machines: { total: 2, items: [{ resource: 'm2', title: '商店' }] },
  remark: 'Days are known from 2026-11-03 on.',
};

let server: Server;
let url: string;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'agency-report-'));
  server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://front');
    const isCsv = request.headers.accept === 'text/csv';
    response.setHeader('Content-Type', isCsv ? 'text/csv' : 'application/json');
    response.end(
      isCsv ? `\ufeffid\r\npage ${searchParams.get('page')} of ${searchParams.get('number')}\r\n` : JSON.stringify(report),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  server.close();
  await once(server, 'close');
});

it('tells each guarantee by what it is about and whose it is, the violated ones first, and what is missing', async () => {
  const { output } = await agency(['report', 'a1'], { url });
  expect(output).toMatch(
    /\nqueue_length +商店 +violated [^]*\nqueue_length +m1 +fulfilled [^]*\nDays are known from 2026-11-03 on\.\n$/,
  );
});

it('writes all pages of a table, as UTF-8 to a spreadsheet and as they are to a pipe', async () => {
  const whole = 'id\r\npage 1 of 1000\r\npage 2 of 1000\r\npage 3 of 1000\r\n';
  const args = ['report', 'a1', '--csv', '--table', 'violations'];
  expect((await agency(args, { url })).output).toBe(whole);
  const file = join(directory, 'violations.csv');
  await agency([...args, '-o', file], { url });
  expect(readFileSync(file, 'utf8')).toBe(`\ufeff${whole}`);
  expect((await agency([...args, '--page', '2'], { url })).output).toBe('id\r\npage 2 of null\r\n');
});
