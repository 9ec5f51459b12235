/** The yardstick of samples taken in: NATS requests with the same bytes, answered once what they brought is committed to SQLite, and nothing else. */
import { startEmbeddedServer } from '@cloud-agency/bus';
import { connect } from '@nats-io/transport-node';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { forget, scratch } from './running.mjs';

export async function bareIntake(seconds = 5) {
  const directory = await scratch();
  const bus = await startEmbeddedServer({ directory, token: 'bench' });
  const responder = fork(fileURLToPath(new URL('bare-intake-responder.mjs', import.meta.url)), [bus.url, 'bench', directory]);
  await once(responder, 'message');
  const connection = await connect({ servers: bus.url, token: 'bench' });
  let next = Date.now();
  const batch = () => ({
    source: 'resource',
    samples: Array.from({ length: 100 }, (_, index) => ({
      resource: `machine-${index}`,
      placement: `placement-${index}`,
      metric: 'response_time',
      at: (next += 1),
      value: 20 + index,
    })),
  });
  const begun = performance.now();
  const until = begun + seconds * 1_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (performance.now() < until) {
        await connection.request('bench.samples', JSON.stringify(batch()), { timeout: 10_000 });
        done += 100;
      }
    }),
  );
  const rate = (1_000 * done) / (performance.now() - begun);
  await connection.close();
  responder.disconnect();
  await once(responder, 'exit');
  await bus.stop();
  await forget(directory);
  return { rate };
}
