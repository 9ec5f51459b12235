import type { NatsConnection } from '@nats-io/transport-node';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeBus, connectBus } from './connection.js';
import { answerDays, askDays } from './days.js';
import { type EmbeddedServer, startEmbeddedServer } from './embedded-server.js';
import { askHistory } from './history.js';
import { askMeasured } from './measured.js';
import { subjects } from './subjects.js';
import { encoded } from './validate.js';

let directory: string;
let server: EmbeddedServer;
let agency: NatsConnection;
let monitor: NatsConnection;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agency-archive-'));
  server = await startEmbeddedServer({ directory, token: 'archive' });
  [agency, monitor] = await Promise.all([connectBus(server, 'agency'), connectBus(server, 'monitor')]);
});
afterAll(async () => {
  await Promise.all([agency, monitor].map(closeBus));
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

const time = { from: '2026-11-01T00:00:00.000Z', until: '2026-12-01T00:00:00.000Z' };
const days = { ...time, agreement: 'a', resources: ['r'], ranks: [] };
const history = { ...time, resource: 'r', metric: 'response_time' };

describe('the archive', () => {
  it('is said to be unreachable while no monitor answers, whatever is asked', async () => {
    const unreachable = {
      code: 'archive-unreachable',
      message: expect.stringContaining('look whether a monitor runs') as string,
    };
    await expect(askDays(agency, days)).rejects.toMatchObject(unreachable);
    await expect(askMeasured(agency, { ...time, probes: [], pauses: [], terms: [] })).rejects.toMatchObject(unreachable);
    await expect(askHistory(agency, history)).rejects.toMatchObject(unreachable);
  });

  it('answers, and says so when it cannot', async () => {
    const told: unknown[] = [];
    const read = jest
      .fn()
      .mockResolvedValueOnce({ since: time.from, days: [] })
      .mockRejectedValueOnce(new Error('the disk is gone'));
    const end = answerDays(monitor, read, (error) => told.push(error));
    await monitor.flush();
    expect(await askDays(agency, days)).toEqual({ since: time.from, days: [] });
    expect(await askDays(agency, days)).toMatchObject({ days: [], problem: 'the archive could not be read' });
    expect(told).toEqual([new Error('the disk is gone')]);
    end();
  });

  it.each([
    [
      'what is wrong with a question is for whoever asked it',
      { problem: 'from must be a time before until.' },
      'invalid-request',
    ],
    ['what is wrong with the archive is not', { problem: 'too much is asked at a time', passing: true }, 'archive-unreachable'],
    ['nor is an answer that is none', { points: 'many' }, 'archive-unreachable'],
  ])('%s', async (_, answer, code) => {
    const subscription = monitor.subscribe(subjects.history, {
      callback: (_error, message) => {
        message.respond(encoded(answer));
      },
    });
    await monitor.flush();
    await expect(askHistory(agency, history)).rejects.toMatchObject({ code });
    subscription.unsubscribe();
  });
});
