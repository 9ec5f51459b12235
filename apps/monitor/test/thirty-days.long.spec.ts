import type { FindingMessage } from '@cloud-agency/bus';
import { createLog } from '@cloud-agency/runtime';
import { openDatabase } from '@cloud-agency/store';
import { type Kysely, sql } from 'kysely';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import { remember } from '../src/store/memory.js';
import { monitorMigrations } from '../src/store/migrations.js';
import { recall } from '../src/store/recalling.js';
import type { MonitorTables } from '../src/store/tables.js';
import { Assessing } from '../src/watches/assessing.js';
import { MetricBoard } from '../src/meters/metric-board.js';
import { FastClock } from './fast-clock.js';
import { watching } from './trial.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 2, 1);
const sentEvery = 4 * minute;
/** As long as samples wait for one another at most. */
const gathering = 20;

const watch = watching(
  { term: 'availability', of: 'web', scope: { as: 'each' }, atLeast: 0.999, over: 30 * day, by: 'resource' },
  { term: 'cpu_utilisation', of: 'web', scope: { as: 'each' }, atMost: 0.9, over: hour, by: 'resource' },
);

/** A month of a machine, a sample a minute: down for 36 minutes on the 10th and for 10 on the 20th, and busy on the 15th from 08:00 for two hours. */
const trace = (at: number): { readonly up: number; readonly cpu_utilisation: number } => {
  const isIn = (dayOfMonth: number, from: number, until: number): boolean => {
    const into = at - start - (dayOfMonth - 1) * day;
    return into >= from && into < until;
  };
  const down = isIn(10, 12 * hour, 12 * hour + 36 * minute) || isIn(20, 0, 10 * minute);
  return { up: down ? 0 : 1, cpu_utilisation: isIn(15, 8 * hour, 10 * hour) ? 0.97 : 0.4 };
};

let database: TestDatabase;
let tables: Kysely<MonitorTables>;
let clock: FastClock;
let found: FindingMessage['finding'][];
let story: string[];

async function open(): Promise<Assessing> {
  const assessing = await Assessing.open({
    clock,
    log: createLog('monitor', 'error'),
    ids: { next: () => `violation-${String(clock.now())}` },
    tables,
    broadcast: () => undefined,
    store: {
      versions: () => Promise.resolve([watch]),
      watches: () => Promise.resolve([watch]),
      recall: (agreements) => recall(tables, agreements),
      fence: () => Promise.resolve(),
      keep: async (transaction, agreement, changes) => {
        await remember(transaction, agreement, changes);
        for (const { finding } of changes) {
          if (!finding) continue;
          found.push(finding.finding);
          if (finding.finding !== 'sla.lasting') story.push(`${finding.at} ${finding.finding} ${finding.guarantee?.term ?? ''}`);
        }
      },
      wake: () => undefined,
    },
    board: new MetricBoard(),
  });
  await assessing.desk.look();
  return assessing;
}

/** Plays the trace through the monitor: the machine sends what it measured every four minutes. */
async function play(assessing: Assessing, until: number): Promise<void> {
  for (let from = clock.now(); from < until; from += sentEvery) {
    clock.run(sentEvery - gathering);
    const minutes = Array.from({ length: sentEvery / minute }, (_, index) => from + index * minute);
    const samples = minutes.flatMap((at) =>
      Object.entries(trace(at)).map(([metric, value]) => ({ resource: 'web', placement: 'web-1', at, metric, value })),
    );
    const answer = assessing.intake.take('resource', samples);
    clock.run(gathering);
    expect(await answer).toEqual({ taken: samples.length, refused: [] });
  }
}

beforeEach(async () => {
  database = await databases['SQLite (libsql)']!();
  tables = await openDatabase<MonitorTables>(database.place, monitorMigrations);
  // What is tried here is not the disk.
  await sql`PRAGMA synchronous = OFF`.execute(tables);
  clock = new FastClock(start);
  found = [];
  story = [];
});
afterEach(async () => {
  await tables.destroy();
  await database.end();
});

it('judges thirty days in seconds as they would have been judged, a restart on the way included', async () => {
  let assessing = await open();
  await play(assessing, start + 12 * day);
  await assessing.stop();
  assessing = await open();
  await play(assessing, start + 30 * day);
  await assessing.stop();
  expect(story.filter((line) => !line.includes('sla.at_risk'))).toEqual([
    expect.stringMatching(/^2026-03-01T00:0\d.* sla.fulfilled availability$/),
    expect.stringMatching(/^2026-03-01T00:0\d.* sla.fulfilled cpu_utilisation$/),
    expect.stringMatching(/^2026-03-15T0[89].* sla.violated cpu_utilisation$/),
    expect.stringMatching(/^2026-03-15T1[01].* sla.recovered cpu_utilisation$/),
    // 0.1 % of thirty days is 43 min 12 s: 36 minutes on the 10th, and the rest on the 20th, told of with the samples that reach beyond 00:07:12.
    expect.stringMatching(/^2026-03-20T00:1[12].* sla.violated availability$/),
  ]);
  expect(found).toContain('sla.at_risk');
  const violations = await tables.selectFrom('violation').select(['guarantee', 'closed_at']).orderBy('opened_at').execute();
  expect(violations).toEqual([
    { guarantee: 1, closed_at: expect.any(Number) as number },
    { guarantee: 0, closed_at: null },
  ]);
}, 180_000);
