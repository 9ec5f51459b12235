import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { runProgram } from '../src/program.js';

/** A front that says how it answers. */
let answers: 'well' | 'with 503' | 'never';
let asked: number;
let server: Server;
let url: string;
beforeEach(async () => {
  answers = 'well';
  asked = 0;
  server = createServer(({ url: path = '' }, response) => {
    if (path.startsWith('/events')) response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': welcome\n\n');
    else listed(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

function listed(response: ServerResponse): void {
  asked += 1;
  if (answers === 'never') return;
  response.setHeader('Content-Type', 'application/occi+json');
  response.statusCode = answers === 'well' ? 200 : 503;
  const machines = Array.from({ length: 30 }, (_, index) => ({ resource: `m${index}`, state: 'down', milliseconds: null }));
  const attributes = { 'occi.agreement.state': 'accepted', 'agency.agreement.health': machines };
  response.end(JSON.stringify({ resources: [{ id: 'a1', title: 'shop\u001b[2Jshop', attributes }] }));
}

/** `agency watch` on a terminal of 80 by 24. */
function watching() {
  const input = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode: (is: boolean) => (input.isRaw = is) });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  let shown = '';
  output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const ended = runProgram(['watch'], {
    ...{ environment: { AGENCY_URL: url }, signal: new AbortController().signal, readFile: () => '' },
    streams: { input, output, errors: new PassThrough() },
  });
  const since = async (from: number, pattern: RegExp): Promise<void> => {
    while (!pattern.test(shown.slice(from))) await once(output, 'data');
  };
  return { input, ended, since, shown: () => shown };
}

it('stays through an Agency that cannot answer for a while, and says so until it does', async () => {
  const watch = watching();
  await watch.since(0, /1 agreement: 30 down/);
  answers = 'with 503';
  await watch.since(0, /DISCONNECTED/);
  const from = watch.shown().length;
  answers = 'well';
  await watch.since(from, /connected \d\d:\d\d:\d\d UTC/);
  watch.input.write('q');
  expect(await watch.ended).toBe(0);
});

it('takes keys that come together, and ends at once though nobody answers, with the terminal as it was', async () => {
  const watch = watching();
  await watch.since(0, /more lines below/);
  expect(watch.input.isRaw).toBe(true);
  const from = watch.shown().length;
  watch.input.write('jj\u001b[B');
  await watch.since(from, /3 above/);
  answers = 'never';
  const before = asked;
  while (asked === before) await once(server, 'request');
  watch.input.write('kq');
  expect(await watch.ended).toBe(0);
  expect(watch.input.isRaw).toBe(false);
  expect(watch.shown()).toMatch(/\u001b\[\?25h\u001b\[\?1049l$/);
  expect(watch.shown()).not.toContain('\u001b[2J');
});
