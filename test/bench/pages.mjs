/** Pages of a collection of 100,000 computes. */
import Sqlite from 'libsql';
import { randomUUID } from 'node:crypto';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { figure, median, quantile, target } from './figures.mjs';
import { forget, scratch, startAgency } from './running.mjs';

const count = 100_000;
const size = 100;
const samples = 40;

/** Rows as orders leave them that came to nothing, straight into the store of an Agency that is stopped. */
function fill(directory) {
  const database = new Sqlite(join(directory, 'data', 'agency.db'));
  database.exec('BEGIN');
  const insert = database.prepare(`
    INSERT INTO resource (id, tenant, cfp, agreement, item, title, state, message, placement, origin, given, task, created_at)
    VALUES (?, 'default', ?, NULL, 'compute', ?, 'error', 'no offer', NULL, 'client', '{}', NULL, ?)`);
  for (let index = 0; index < count; index += 1) insert.run(randomUUID(), randomUUID(), `compute-${index}`, index);
  database.exec('COMMIT');
  database.close();
}

const fetched = (url, agent) =>
  new Promise((resolve, reject) => {
    get(url, { agent, headers: { accept: 'application/occi+json' } }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`GET ${url}: ${response.statusCode}`)),
      );
    }).on('error', reject);
  });

async function times(url) {
  const agent = new Agent({ keepAlive: true });
  const taken = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const begun = performance.now();
    await fetched(url, agent);
    taken.push(performance.now() - begun);
  }
  agent.destroy();
  return taken;
}

export async function measurePages(part) {
  const directory = await scratch();
  const environment = { TESTBED_CLOUDS: 'linode' };
  const first = await startAgency({ directory, environment });
  await first.stop();
  fill(directory);
  const agency = await startAgency({ directory, environment });
  const alone = median(await times(new URL('/policy/', agency.url)));
  for (const page of [1, count / size / 2, count / size]) {
    const taken = await times(new URL(`/compute/?page=${page}&number=${size}`, agency.url));
    const name = `page ${page} of ${count / size}, ${size} of ${count} computes, JSON`;
    figure(part, name, 'ms', median(taken), { name: 'an empty collection', value: alone });
    target(
      `${name}: at most 20 ms`,
      median(taken) <= 20,
      `${median(taken).toFixed(1)} ms, p95 ${quantile(taken, 0.95).toFixed(1)} ms`,
    );
  }
  await agency.stop();
  await forget(directory);
}
