import { startEmbeddedServer } from '@cloud-agency/bus';
import { connect, createInbox } from '@nats-io/transport-node';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median } from './figures.mjs';
import { forget, scratch } from './running.mjs';

/** One request to so many bare NATS responders in a process of their own, each of which answers with as many bytes as an agent would: how long all of them take, ms, and how many of these a second. */
export async function bareScatterGather(count, request) {
  const directory = await scratch();
  const server = await startEmbeddedServer({ directory, token: 'bench' });
  const responders = fork(fileURLToPath(new URL('scatter-gather.mjs', import.meta.url)), [
    server.url,
    'bench',
    String(count),
    '4000',
  ]);
  await once(responders, 'message');
  const connection = await connect({ servers: server.url, token: 'bench' });
  const ask = () =>
    new Promise((resolve) => {
      const begun = performance.now();
      const inbox = createInbox();
      let left = count;
      const subscription = connection.subscribe(inbox, {
        callback: (_error, message) => {
          message.json();
          if (--left > 0) return;
          subscription.unsubscribe();
          resolve(performance.now() - begun);
        },
      });
      connection.publish('bench.scatter', request, { reply: inbox });
    });
  for (let warm = 0; warm < 20; warm += 1) await ask();
  const times = [];
  for (let turn = 0; turn < 200; turn += 1) times.push(await ask());
  const until = performance.now() + 3_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (performance.now() < until) {
        await ask();
        done += 1;
      }
    }),
  );
  await connection.close();
  responders.disconnect();
  await once(responders, 'exit');
  await server.stop();
  await forget(directory);
  return { median: median(times), rate: done / 3 };
}
