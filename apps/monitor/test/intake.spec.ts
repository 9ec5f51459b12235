import { mostSamplesAtOnce, type MetricSample, type SampleRefusal } from '@cloud-agency/bus';
import { createLog } from '@cloud-agency/runtime';
import { openDatabase } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import { Commits } from '../src/intake/commits.js';
import { IntakeCounts } from '../src/intake/counts.js';
import { clocksDifferMs, Intake } from '../src/intake/intake.js';
import { latenessOf } from '../src/intake/lateness.js';
import { remember } from '../src/intake/remembering.js';
import type { Series } from '../src/intake/series.js';
import { monitorMigrations } from '../src/store/migrations.js';
import type { MonitorTables } from '../src/store/tables.js';
import { ManualClock } from './manual-clock.js';

const start = Date.UTC(2026, 2, 1);
const log = createLog('monitor', 'silent');
const lateMs = latenessOf('resource', 'response_time');

let database: TestDatabase;
let tables: Kysely<MonitorTables>;
let clock: ManualClock;
let commits: Commits;
let counts: IntakeCounts;
let intake: Intake;
let followed: number[];
let broken: boolean;

async function open(name: string): Promise<void> {
  database = await databases[name]!();
  tables = await openDatabase<MonitorTables>(database.place, monitorMigrations);
  await restart();
}

/** As after a start of the monitor on what is stored. */
async function restart(): Promise<void> {
  clock = new ManualClock(clock.now());
  counts = new IntakeCounts();
  followed = [];
  const fence = (): Promise<void> => (broken ? Promise.reject(new Error('the disk is full')) : Promise.resolve());
  commits = await Commits.open(tables, { clock, log, fence });
  intake = new Intake({ clock, commits, counts });
  await remember(tables, clock.now(), { intake, commits });
  for (const resource of ['web', 'noisy']) know(resource);
}

function know(resource: string, placement = `${resource}-1`): void {
  const follower = { heldUntil: 0, take: (_: Series, __: number, value: number) => void followed.push(value) };
  intake.know({ resource, placement, followersOf: ({ metric }) => (metric === 'response_time' ? [follower] : []) });
}

beforeEach(async () => {
  broken = false;
  clock = new ManualClock(start);
  await open('SQLite (libsql)');
});
afterEach(async () => {
  broken = false;
  await commits.stop();
  await tables.destroy();
  await database.end();
});

const sample = (more: Partial<MetricSample> = {}): MetricSample => ({
  resource: 'web',
  placement: 'web-1',
  metric: 'response_time',
  at: clock.now(),
  value: 12.5,
  ...more,
});

/** What is answered once the commit is done. */
async function sent(...samples: readonly unknown[]) {
  const answer = intake.take('resource', samples);
  await clock.advance(20);
  return await answer;
}

const refusedFor = async (one: unknown): Promise<SampleRefusal | undefined> => (await sent(one)).refused[0]?.reason;
const kept = async () => await tables.selectFrom('metric_sample').select(['at', 'value']).orderBy('at').execute();

it('answers once what it took is on disk, and says of the rest why it was not taken', async () => {
  const answer = await sent(sample(), sample({ at: start - 10, value: 1e-300 }), sample({ value: null }), 'no sample', 17);
  expect(answer).toEqual({
    taken: 2,
    refused: [
      { reason: 'not-a-number', count: 1, first: 2 },
      { reason: 'malformed', count: 2, first: 3 },
    ],
  });
  expect(await kept()).toEqual([
    { at: start - 10, value: 1e-300 },
    { at: start, value: 12.5 },
  ]);
  // In the order of time, whatever that of the batch.
  expect(followed).toEqual([1e-300, 12.5]);
  expect(counts).toMatchObject({ taken: 2, refused: { 'not-a-number': 1, malformed: 2, flood: 0 } });
});

it.each<[string, () => unknown, SampleRefusal]>([
  ['nothing that is watched', () => sample({ resource: 'other' }), 'unknown-resource'],
  ['a machine that carries the resource no more', () => sample({ placement: 'web-0' }), 'unknown-resource'],
  ['what no metric can be called', () => sample({ metric: 'up; DROP TABLE' }), 'unknown-metric'],
  ['NaN', () => sample({ value: NaN }), 'not-a-number'],
  ['infinity', () => sample({ value: -Infinity }), 'not-a-number'],
  ['a negative time', () => sample({ value: -1 }), 'negative'],
  ['a clock that is ahead', () => sample({ at: start + clocksDifferMs + 1 }), 'future'],
  ['what came too late', () => sample({ at: start - lateMs - 1 }), 'too-late'],
  ['a time that is none', () => sample({ at: NaN }), 'malformed'],
  ['no value at all', () => ({ ...sample(), value: undefined }), 'malformed'],
  ['a name without end', () => sample({ resource: 'x'.repeat(1_000) }), 'malformed'],
])('refuses a sample of %s, and takes the one beside it', async (_, bad, reason) => {
  const answer = await sent(bad(), sample());
  expect(answer).toEqual({ taken: 1, refused: [{ reason, count: 1, first: 0 }] });
  expect(await kept()).toHaveLength(1);
});

it('takes what an application calls negative, and what comes within the allowance of clocks', async () => {
  expect(await refusedFor(sample({ metric: 'queue.balance', value: -3 }))).toBeUndefined();
  expect(await refusedFor(sample({ at: clock.now() + clocksDifferMs }))).toBeUndefined();
  expect(await refusedFor(sample({ at: clock.now() - lateMs }))).toBeUndefined();
});

it('takes samples in any order, and each once however often it is sent', async () => {
  const times = [5, 1, 4, 2, 3].map((second) => start - second * 1_000);
  const batch = times.map((at) => sample({ at }));
  expect(await sent(...batch)).toMatchObject({ taken: 5, refused: [] });
  expect(await sent(...batch)).toEqual({ taken: 0, refused: [{ reason: 'doubled', count: 5, first: 0 }] });
  expect(await kept()).toHaveLength(5);
  expect(followed).toHaveLength(5);
});

it('tells apart what several sources and meters measured at one time', async () => {
  const probe = (meter: string) => intake.take('probe', [sample({ meter })]);
  const answers = [probe('0'), probe('1'), intake.take('vendor', [sample()])];
  await clock.advance(20);
  expect((await Promise.all(answers)).map(({ taken }) => taken)).toEqual([1, 1, 1]);
  expect(await kept()).toHaveLength(3);
});

it('knows after a restart what came before: a batch that was sent again counts once', async () => {
  const batch = [sample({ at: start - 2_000 }), sample({ at: start - 1_000 })];
  await sent(...batch);
  await commits.stop();
  await restart();
  expect(await sent(...batch)).toMatchObject({ taken: 0 });
  expect(await sent(sample())).toMatchObject({ taken: 1 });
  expect(await kept()).toHaveLength(3);
  expect(await tables.selectFrom('series').select('id').execute()).toHaveLength(1);
});

it('lets one resource send no more than it may, and the others as they like', async () => {
  const flood = (from: number) =>
    Array.from({ length: mostSamplesAtOnce }, (_, index) =>
      sample({ resource: 'noisy', placement: 'noisy-1', at: start - 8_000 + from + index }),
    );
  let taken = 0;
  for (let turn = 0; turn < 8; turn += 1) taken += (await sent(...flood(turn * mostSamplesAtOnce))).taken;
  expect(taken).toBeLessThan(5_100);
  expect(counts.refused.flood).toBe(8_000 - taken);
  expect(await sent(sample())).toMatchObject({ taken: 1, refused: [] });
  await clock.advance(10_000);
  expect(await refusedFor(sample({ resource: 'noisy', placement: 'noisy-1', at: clock.now() }))).toBeUndefined();
});

it('takes no more metrics of one resource than anybody measures', async () => {
  for (let turn = 0; turn < 3; turn += 1)
    await sent(...Array.from({ length: 300 }, (_, index) => sample({ metric: `made_up_${String(turn * 300 + index)}` })));
  expect(counts.refused['unknown-metric']).toBe(400);
});

it('keeps what the disk does not take, and answers when it did', async () => {
  broken = true;
  const first = intake.take('resource', [sample()]);
  await clock.advance(5_000);
  expect(await kept()).toEqual([]);
  expect(await intake.take('resource', [])).toEqual({ taken: 0, refused: [] });
  broken = false;
  await clock.advance(1_000);
  expect(await first).toMatchObject({ taken: 1 });
  expect(await kept()).toHaveLength(1);
});

it('sends batches back while more waits for the disk than is held at hand, and takes them when it does not', async () => {
  broken = true;
  const senders = Array.from({ length: 40 }, (_, index) => `sender-${String(index)}`);
  for (const sender of senders) know(sender);
  const batch = (resource: string, from: number) =>
    Array.from({ length: mostSamplesAtOnce }, (_, index) =>
      sample({ resource, placement: `${resource}-1`, metric: 'queue', at: start - 60_000 + from + index }),
    );
  const inHand = senders.flatMap((sender) =>
    [0, 1, 2, 3, 4].map((turn) => intake.take('resource', batch(sender, turn * mostSamplesAtOnce))),
  );
  expect(await intake.take('resource', [sample()])).toEqual({ taken: 0, refused: [], retryAfter: 1_000 });
  expect(counts).toMatchObject({ sentBack: 1, taken: 200_000 });
  broken = false;
  await clock.advance(2_000);
  expect((await Promise.all(inHand)).every(({ taken }) => taken === mostSamplesAtOnce)).toBe(true);
  expect(await sent(sample())).toEqual({ taken: 1, refused: [] });
}, 30_000);

it('goes on when the clock jumps: samples are held against the time it shows', async () => {
  await sent(sample());
  await clock.advance(3_600_000);
  expect(await refusedFor(sample({ at: start }))).toBe('too-late');
  expect(await refusedFor(sample())).toBeUndefined();
});
