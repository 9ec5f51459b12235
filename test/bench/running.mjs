/** Real processes for the benchmarks, each stopped by its own handle. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export const scratch = () => mkdtemp(join(tmpdir(), 'agency-bench-'));
export const forget = (directory) => rm(directory, { recursive: true, force: true });

async function ended(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

/** The simulated clouds alone. */
export async function startTestbed(directory, clouds) {
  const child = spawn(process.execPath, [join(root, 'apps/cli/bin/run-app.js'), 'testbed'], {
    stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      AGENCY_DATA: directory,
      TESTBED_LIFELINE: '1',
      ...(clouds ? { TESTBED_CLOUDS: clouds.join(',') } : {}),
    },
  });
  await once(child, 'message');
  const { url } = JSON.parse(await readFile(join(directory, 'testbed', 'testbed.json'), 'utf8'));
  return { url, stop: () => ended(child, 'SIGTERM') };
}

/** `agency up`, with these accounts or, without any, with the testbed of its own. */
export async function startAgency({ directory, accounts, environment = {} }) {
  const port = await freePort();
  const config = join(directory, 'agency.yaml');
  if (accounts) await writeFile(config, JSON.stringify({ accounts }));
  const begun = performance.now();
  const child = spawn(process.execPath, [join(root, 'apps/cli/bin/agency.js'), 'up', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      AGENCY_DATA: join(directory, 'data'),
      AGENCY_PORT: String(port),
      ...(accounts ? { AGENCY_CONFIG: config } : {}),
      ...environment,
    },
  });
  // A benchmark that fails leaves nothing running.
  process.once('exit', () => child.kill('SIGTERM'));
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line);
    if (said.type === 'ready')
      return { url: said.url, testbed: said.testbed, readyMs: performance.now() - begun, stop: () => ended(child, 'SIGTERM') };
  }
  throw new Error('The Agency ended before it was ready');
}

/** Events of the Agency as they come: `wait(test)` resolves with the first that passes, whenever it came, and the time it came. */
export async function openEvents(url) {
  const abort = new AbortController();
  const response = await fetch(new URL('/events', url), { signal: abort.signal, headers: { accept: 'text/event-stream' } });
  const seen = [];
  const firstOf = new Map();
  const expected = new Map();
  const waiting = new Set();
  const take = (event) => {
    const entry = { event, at: performance.now() };
    seen.push(entry);
    const key = `${event.type} ${event.subject}`;
    if (!firstOf.has(key)) firstOf.set(key, entry);
    expected.get(key)?.(entry);
    expected.delete(key);
    for (const waiter of waiting) if (waiter.test(event)) waiter.resolve(entry);
  };
  const reading = (async () => {
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        const data = block
          .split('\n')
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice(5))
          .join('\n');
        if (data) take(JSON.parse(data));
      }
    }
  })().catch(() => undefined);
  return {
    /** The first event of this type about this subject, at a cost that does not grow with what happened before. */
    async first(type, subject, withinMs = 30_000) {
      const key = `${type} ${subject}`;
      const found = firstOf.get(key);
      if (found) return found;
      return await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${key} did not come`)), withinMs);
        expected.set(key, (entry) => {
          clearTimeout(timer);
          resolve(entry);
        });
      });
    },
    async wait(test, withinMs = 30_000) {
      const found = seen.find(({ event }) => test(event));
      if (found) return found;
      return await new Promise((resolve, reject) => {
        const waiter = {
          test,
          resolve: (entry) => {
            clearTimeout(timer);
            waiting.delete(waiter);
            resolve(entry);
          },
        };
        const timer = setTimeout(() => {
          waiting.delete(waiter);
          reject(new Error('The event did not come'));
        }, withinMs);
        waiting.add(waiter);
      });
    },
    async close() {
      abort.abort();
      await reading;
    },
  };
}
