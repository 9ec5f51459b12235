import { jetstreamManager } from '@nats-io/jetstream';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeBus, connectBus } from './connection.js';
import { startEmbeddedServer } from './embedded-server.js';
import { ensureStreams } from './stored.js';
import { streams } from './subjects.js';

it('bounds what the streams take on disk, those of an earlier version too, and leaves what is in them', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'agency-streams-'));
  const server = await startEmbeddedServer({ directory, token: 'streams' });
  const connection = await connectBus(server, 'streams');
  const manager = await jetstreamManager(connection);
  const { name, subjects } = streams.events;
  await manager.streams.add({ name, subjects: [...subjects] });
  await manager.jetstream().publish('agency.event.finding', 'kept');
  for (let start = 0; start < 2; start += 1) await ensureStreams(connection);
  const infos = await Promise.all(Object.values(streams).map((stream) => manager.streams.info(stream.name)));
  for (const { config } of infos) expect(config).toMatchObject({ max_bytes: 256 * 2 ** 20, max_age: 86_400_000_000_000 });
  expect(infos.map(({ state }) => state.messages)).toEqual([0, 1]);
  await closeBus(connection);
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});
