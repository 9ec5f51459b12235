/** `agency up` as a process of its own, over the built apps: what it starts, and that nothing of it is left behind. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonLines } from './run.js';

const command = join(__dirname, '../bin/agency.js');
jest.setTimeout(60_000);

let directory: string;
let port: number;
const running = new Set<ChildProcess>();
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'agency-up-'));
  port = await freePort();
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await until(() => left().length === 0);
  rmSync(directory, { recursive: true, force: true });
});

it('starts everything, refuses a second start, stops in order at Ctrl-C, and starts again', async () => {
  const first = up();
  const ready = await first.ready;
  expect(ready.url).toBe(`http://127.0.0.1:${port}/`);
  expect((await fetch(`${String(ready.url)}readyz`)).status).toBe(200);

  const samePort = up();
  expect(await samePort.exit).toBe(1);
  expect(samePort.error()).toMatchObject({ code: 'port-in-use' });
  const sameDirectory = up({ AGENCY_PORT: String(await freePort()) });
  expect(await sameDirectory.exit).toBe(1);
  expect(sameDirectory.error()).toMatchObject({ code: 'data-directory-locked', pid: String(first.child.pid) });

  first.child.kill('SIGINT');
  expect(await first.exit).toBe(0);
  expect(first.lines().at(-1)).toEqual({ type: 'stopped', late: [] });
  expect(left()).toEqual([]);

  const second = up();
  await second.ready;
  second.child.kill('SIGTERM');
  expect(await second.exit).toBe(0);
});

it('leaves nothing behind when it is killed', async () => {
  const agency = up();
  await agency.ready;
  expect(left().length).toBeGreaterThanOrEqual(3);
  agency.child.kill('SIGKILL');
  await agency.exit;
  await until(() => left().length === 0, 1_000);
});

it('says so, stops and ends with 1 when a child dies', async () => {
  const agency = up();
  await agency.ready;
  const { pid } = JSON.parse(readFileSync(join(directory, 'testbed', 'testbed.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  expect(await agency.exit).toBe(1);
  expect(agency.error()).toMatchObject({ code: 'child-ended', what: 'The testbed' });
  expect(left()).toEqual([]);
});

function up(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [command, 'up', '--json'], {
    // Two small clouds are enough of the market for this.
    env: {
      ...process.env,
      AGENCY_DATA: directory,
      AGENCY_PORT: String(port),
      TESTBED_CLOUDS: 'gogrid,serverlove',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  let output = '';
  const exit = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  const lines = () => jsonLines(output);
  const ready = new Promise<Record<string, unknown>>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = output.endsWith('\n') ? lines().find(({ type }) => type === 'ready') : undefined;
      if (found) resolve(found);
    });
    void exit.then(() => {
      reject(new Error(`ended: ${output}`));
    });
  });
  ready.catch(() => undefined);
  return { child, exit, ready, lines, error: () => lines().find(({ error }) => error)?.error };
}

/** Processes that were started for this data directory: children have it in their environment. */
function left(): string[] {
  return execFileSync('ps', ['axeww'], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 })
    .split('\n')
    .filter((line) => line.includes(`AGENCY_DATA=${directory}`));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const found = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return found;
}

async function until(condition: () => boolean, within = 5_000): Promise<void> {
  const deadline = Date.now() + within;
  while (!condition()) {
    if (Date.now() > deadline)
      throw new Error(`not so within ${within} ms: ${condition.toString()} ${left().join('\n').slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
