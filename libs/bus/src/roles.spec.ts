import { AgencyError } from '@cloud-agency/errors';
import type { NatsConnection } from '@nats-io/transport-node';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeBus, connectBus } from './connection.js';
import { type EmbeddedServer, startEmbeddedServer } from './embedded-server.js';
import { askRole, playRole } from './roles.js';

let directory: string;
let server: EmbeddedServer;
const connections: NatsConnection[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agency-roles-'));
  server = await startEmbeddedServer({ directory, token: 'roles' });
});
afterAll(async () => {
  await Promise.all(connections.map(closeBus));
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function agent(name: string): Promise<NatsConnection> {
  const connection = await connectBus(server, name);
  connections.push(connection);
  return connection;
}

it('carries tasks and what comes of them whatever their size, and what is told on the way', async () => {
  const end = playRole(await agent('mediator'), 'mediator', async (task, tell) => {
    tell('half way');
    return await Promise.resolve({ size: (task as { text: string }).text.length, back: task });
  });
  const task = { text: 'x'.repeat(3_000_000), limit: Infinity, counters: new Map([['a', 1]]) };
  const told: unknown[] = [];
  const done = await askRole(await agent('client'), 'mediator', task, {
    within: 10_000,
    onTold: (content) => told.push(content),
  });
  expect(done).toEqual({ size: 3_000_000, back: task });
  expect(told).toEqual(['half way']);
  await end();
});

it('passes on what was thrown, with its code', async () => {
  const end = playRole(await agent('negotiator'), 'negotiator', () => {
    throw new AgencyError('time-limit-reached', {});
  });
  await expect(askRole(await agent('client'), 'negotiator', {}, { within: 5_000 })).rejects.toMatchObject({
    code: 'time-limit-reached',
  });
  await end();
});

it('waits for somebody who plays the role, and says so when nobody does', async () => {
  const client = await agent('client');
  await expect(askRole(client, 'negotiator', {}, { within: 300 })).rejects.toMatchObject({ code: 'role-unreachable' });
  const asked = askRole(client, 'negotiator', 2, { within: 10_000 });
  const end = playRole(await agent('late'), 'negotiator', async (task) => await Promise.resolve((task as number) + 1));
  expect(await asked).toBe(3);
  await end();
});

it('asks another when the one that works on it dies', async () => {
  const dying = await agent('dying');
  let giveUp: () => void = () => undefined;
  const taken = new Promise<void>((resolve) => {
    playRole(dying, 'negotiator', () => {
      resolve();
      return new Promise<void>((done) => (giveUp = done));
    });
  });
  const asked = askRole(await agent('client'), 'negotiator', 'task', { within: 20_000 });
  await taken;
  await dying.close();
  const end = playRole(await agent('heir'), 'negotiator', async (task) => await Promise.resolve(`${String(task)} done`));
  expect(await asked).toBe('task done');
  giveUp();
  await end();
});
