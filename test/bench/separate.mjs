/** The apps as separate processes over a NATS server of their own, as a distributed Agency runs on one machine. */
import { startEmbeddedServer } from '@cloud-agency/bus';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './running.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A benchmark that fails leaves nothing running. */
const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

async function startApp(name, environment) {
  const child = spawn(process.execPath, [join(root, 'apps/cli/bin/run-app.js'), name], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...environment },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  await once(child, 'message');
  return {
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, 'exit');
    },
  };
}

/** @param groups the accounts of each process of vendor agents. */
export async function startSeparately({ directory, groups, environment = {} }) {
  const server = await startEmbeddedServer({ directory: join(directory, 'nats'), token: 'bench' });
  const port = await freePort();
  const bus = { NATS_URL: server.url, NATS_TOKEN: 'bench', AGENCY_LOG: 'error', AGENCY_RATE_LIMIT: '0', ...environment };
  const config = join(directory, 'agency.yaml');
  await writeFile(config, JSON.stringify({ accounts: groups.flat() }));
  const agency = () =>
    startApp('agency', { ...bus, AGENCY_DATA: join(directory, 'agency'), AGENCY_PORT: String(port), AGENCY_CONFIG: config });
  const vendors = [];
  const addVendors = async (more) => {
    const started = await Promise.all(
      more.map(async (accounts, index) => {
        const own = join(directory, `vendors-${vendors.length + index}`);
        await mkdir(own, { recursive: true });
        const file = join(own, 'agency.yaml');
        await writeFile(file, JSON.stringify({ accounts }));
        return await startApp('vendor-agents', { ...bus, AGENCY_DATA: own, AGENCY_CONFIG: file });
      }),
    );
    vendors.push(...started);
  };
  await addVendors(groups);
  let current = await agency();
  const url = `http://127.0.0.1:${port}/`;
  await untilReady(url);
  return {
    url,
    bus: { url: server.url, token: 'bench' },
    addVendors,
    /** kill -9 and a new start; resolves when it serves, with how long that took, ms. */
    async restart(meanwhile = () => undefined) {
      await current.stop('SIGKILL');
      await meanwhile();
      const begun = performance.now();
      current = await agency();
      await untilReady(url);
      return performance.now() - begun;
    },
    async stop() {
      await current.stop();
      await Promise.all(vendors.map((each) => each.stop()));
      await server.stop();
    },
  };
}

async function untilReady(url) {
  for (let turn = 0; turn < 600; turn += 1) {
    const answer = await fetch(new URL('/readyz', url)).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The Agency did not become ready');
}
