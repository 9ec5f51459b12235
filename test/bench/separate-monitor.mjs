/** A monitor in a process of its own, and load for it. */
import { decoded, encoded, subjects } from '@cloud-agency/bus';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seriesNames, valueOf } from './monitor-watches.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function startMonitor(bus, directory) {
  const child = spawn(process.execPath, [join(root, 'apps/cli/bin/run-app.js'), 'monitor'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NATS_URL: bus.url,
      NATS_TOKEN: bus.token,
      AGENCY_DATA: join(directory, 'monitor'),
      AGENCY_LOG: 'error',
    },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const ready = once(child, 'message');
  return {
    ready,
    /** Bytes. */
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return 1_024 * Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await once(child, 'exit');
    },
  };
}

/** Resolves once the figures of all guarantees of these watches have been told. To be called before they are. */
export async function allJudged(connection, watches, withinMs = 120_000) {
  const left = new Map(watches.map(({ agreement, guarantees }) => [agreement, guarantees.length]));
  const subscription = connection.subscribe(subjects.assessment);
  const giveUp = setTimeout(() => subscription.unsubscribe(), withinMs);
  for await (const message of subscription) {
    const { agreement, terms } = decoded(message.data);
    if (terms.length === left.get(agreement)) left.delete(agreement);
    if (left.size === 0) break;
  }
  clearTimeout(giveUp);
  if (left.size > 0) throw new Error(`${left.size} agreements were not judged`);
}

const atOnce = 48;
const inBatch = 100;
/** By series: no two samples at one time. */
const newest = new Map();
let turns = 0;

/** Sends samples of all series in turn, for so long or as long as they are wanted, as fast as is said or as they are taken. */
export async function sendLoad(connection, watches, { perSecond, seconds, isWanted = () => true, spoil }) {
  const series = watches.flatMap(seriesNames).map((name) => ({ ...name, key: `${name.resource}/${name.metric}` }));
  const batches = batchesOf(series);
  const begun = performance.now();
  const until = begun + seconds * 1_000;
  const waits = [];
  let [sent, taken] = [0, 0];
  const sendOne = async (samples) => {
    const at = performance.now();
    const answer = decoded(
      (await connection.request(subjects.samples, encoded({ source: 'resource', samples }), { timeout: 20_000 })).data,
    );
    if (answer.refused.length > 0 || answer.retryAfter) throw new Error(`Not all was taken: ${JSON.stringify(answer)}`);
    waits.push(performance.now() - at);
    taken += answer.taken;
  };
  const client = async () => {
    while (performance.now() < until && isWanted()) {
      const due = begun + (1_000 * sent) / perSecond;
      sent += inBatch;
      if (due > performance.now()) await after(due - performance.now());
      await sendOne(batches.next().value);
    }
  };
  await Promise.all([...Array.from({ length: atOnce }, client), ...(spoil ? [spoiling(spoil, seconds, sendOne)] : [])]);
  return { taken, seconds: (performance.now() - begun) / 1_000, waits };
}

function* batchesOf(series) {
  for (;;) {
    const from = turns;
    turns += inBatch;
    yield Array.from({ length: inBatch }, (_, index) => {
      const name = series[(from + index) % series.length];
      return sampleOf(name, valueOf(name.metric, from + index));
    });
  }
}

function sampleOf({ resource, placement, metric }, value) {
  const key = `${resource}/${metric}`;
  const at = Math.max(Date.now(), (newest.get(key) ?? 0) + 1);
  newest.set(key, at);
  return { resource, placement, metric, at, value };
}

/** Breaks one guarantee after the other, evenly over the time. */
async function spoiling({ watches, onSent }, seconds, sendOne) {
  for (const { agreement, resources } of watches) {
    await after((900 * seconds) / watches.length);
    onSent(agreement);
    await sendOne(resources.map(({ resource, placement }) => sampleOf({ resource, placement, metric: 'cpu_utilisation' }, 1)));
  }
}
