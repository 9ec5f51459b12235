import type { FindingMessage, MetricSample } from '@cloud-agency/bus';
import { createLog } from '@cloud-agency/runtime';
import { Duty, type IsOnDuty, openDatabase } from '@cloud-agency/store';
import { type Kysely, sql } from 'kysely';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import { MetricBoard } from '../src/meters/metric-board.js';
import { remember } from '../src/store/memory.js';
import { monitorMigrations } from '../src/store/migrations.js';
import { recall } from '../src/store/recalling.js';
import type { MonitorTables } from '../src/store/tables.js';
import { Assessing } from '../src/watches/assessing.js';
import { FastClock } from './fast-clock.js';
import { chance, every, measured, start, watch } from './trace.js';

const second = 1_000;

type Told = Pick<FindingMessage, 'finding' | 'at' | 'guarantee' | 'violation'>;

let database: TestDatabase;
let tables: Kysely<MonitorTables>;
let told: Told[];
let ids: number;
/** The shifts that wrote something, in the order in which they did. */
let writers: IsOnDuty<MonitorTables>[];

beforeEach(async () => {
  database = await databases['SQLite (libsql)']!();
  tables = await openDatabase<MonitorTables>(database.place, monitorMigrations);
  await sql`PRAGMA synchronous = OFF`.execute(tables);
  told = [];
  ids = 0;
  writers = [];
});
afterEach(async () => {
  await tables.destroy();
  await database.end();
});

/** A process of the monitor, one of several on a store. While it is paused nothing of it runs, and then it finds that it is later. */
class Process {
  readonly clock: FastClock;
  assessing: Assessing | undefined;
  isDead = false;
  private readonly duty: Duty<MonitorTables>;

  constructor(
    readonly name: string,
    now: number,
  ) {
    this.clock = new FastClock(now);
    this.duty = new Duty(tables, {
      id: 'monitor',
      owner: name,
      clock: this.clock,
      onError: () => undefined,
      begin: (isOnDuty) => this.begin(isOnDuty),
    });
  }

  /** It has been paused, and goes on. */
  goOn(now: number): void {
    this.clock.step(now - this.clock.now());
  }

  async pass(ms: number): Promise<void> {
    this.clock.run(ms);
    for (let turn = 0; turn < 6; turn += 1) {
      await new Promise(setImmediate);
      await tables.transaction().execute(() => Promise.resolve());
    }
  }

  private async begin(isOnDuty: IsOnDuty<MonitorTables>): Promise<{ stop(): Promise<void> }> {
    const { clock } = this;
    const assessing = await Assessing.open({
      ...{ clock, tables, log: createLog('monitor', 'silent') },
      ids: { next: () => `id-${String((ids += 1))}` },
      broadcast: () => undefined,
      store: {
        versions: () => Promise.resolve([watch]),
        watches: () => Promise.resolve([watch]),
        recall: (agreements) => recall(tables, agreements),
        fence: async (transaction) => {
          if (this.isDead || !(await isOnDuty(transaction))) throw new Error('another monitor is on duty');
          writers.push(isOnDuty);
        },
        keep: async (transaction, agreement, changes) => {
          await remember(transaction, agreement, changes);
          for (const { finding } of changes) if (finding) told.push(finding);
        },
        wake: () => undefined,
      },
      board: new MetricBoard(),
    });
    await assessing.desk.look();
    this.assessing = assessing;
    return {
      stop: async () => {
        this.assessing = undefined;
        await assessing.stop();
      },
    };
  }
}

/** Two monitors on one store. Who is on duty is paused or killed at any moment, for longer than it takes to be replaced, and comes back. */
class Story {
  changes = 0;
  private now = start;
  private processes = [new Process('1', start), new Process('2', start)];
  private paused: { readonly process: Process; until: number } | undefined;
  private named = 2;

  constructor(private readonly next: () => number) {}

  async step(samples: readonly MetricSample[]): Promise<void> {
    for (let at = 0; at < every; at += 2 * second) await this.pass(2 * second);
    this.send(samples);
    await this.pass(Math.floor(this.next() * 40));
    if (this.paused) await this.whilePaused(samples);
    else if (this.next() < 0.15) await this.strike();
  }

  async end(): Promise<void> {
    await this.pass(20 * second);
    for (const one of this.processes) one.isDead = true;
  }

  private get onDuty(): Process | undefined {
    return this.awake.find((one) => one.assessing);
  }

  private get awake(): readonly Process[] {
    return this.processes.filter((one) => one !== this.paused?.process);
  }

  private async pass(ms: number): Promise<void> {
    this.now += ms;
    for (const one of this.awake) await one.pass(ms);
  }

  /** Whoever believes to be on duty takes them. */
  private send(samples: readonly MetricSample[]): void {
    const own = samples.map((sample) => ({ ...sample, at: this.now }));
    for (const one of this.awake) void one.assessing?.intake.take('resource', own);
  }

  private async strike(): Promise<void> {
    const victim = this.onDuty;
    if (!victim) return;
    this.changes += 1;
    if (this.next() < 0.3) {
      await this.kill(victim);
      this.begin();
    } else this.paused = { process: victim, until: this.now + 8 * second + Math.floor(this.next() * 90) * second };
  }

  /** The other may die meanwhile, so that nobody is on duty when it comes back. */
  private async whilePaused(samples: readonly MetricSample[]): Promise<void> {
    const { paused, onDuty } = this;
    if (!paused) return;
    if (this.now >= paused.until) {
      paused.process.goOn(this.now);
      this.paused = undefined;
      this.send(samples);
      if (this.processes.length < 2) this.begin();
    } else if (onDuty && this.next() < 0.3) {
      await this.kill(onDuty);
      paused.until = Math.max(paused.until, this.now + 8 * second);
    }
  }

  private async kill(victim: Process): Promise<void> {
    victim.isDead = true;
    await victim.pass(0);
    this.processes = this.processes.filter((one) => one !== victim);
  }

  private begin(): void {
    this.processes.push(new Process(String((this.named += 1)), this.now));
  }
}

/** Opened, then closed: each guarantee by itself, and never back in time. */
class Telling {
  private state = 'undefined';
  private violation: string | undefined;
  private at = 0;

  get isViolated(): boolean {
    return this.state === 'violated';
  }

  take({ finding, at, violation }: Told): void {
    const line = `${finding} at ${at} while ${this.state}`;
    const isNext =
      finding === 'sla.violated'
        ? !this.isViolated
        : finding === 'sla.fulfilled'
          ? this.state === 'undefined'
          : this.isViolated && violation?.id === this.violation;
    expect([isNext && Date.parse(at) >= this.at, line]).toEqual([true, line]);
    this.state = finding === 'sla.violated' || finding === 'sla.lasting' ? 'violated' : 'fulfilled';
    this.violation = violation?.id;
    this.at = Date.parse(at);
  }
}

it.each([1, 2, 3])('tells each thing once, whoever is paused or killed while it is on duty (seed %d)', async (seed) => {
  const story = new Story(chance(seed));
  for (const samples of measured(seed, 120)) await story.step(samples);
  await story.end();
  expect(story.changes).toBeGreaterThan(3);
  // Whoever has been relieved writes nothing more.
  const turns = writers.filter((writer, place) => writer !== writers[place - 1]);
  expect(turns).toHaveLength(new Set(turns).size);
  const tellings = watch.guarantees.map(() => new Telling());
  for (const one of told) if (one.guarantee && one.finding !== 'sla.at_risk') tellings[one.guarantee.index]?.take(one);
  expect(told.filter(({ finding }) => finding === 'sla.violated').length).toBeGreaterThan(0);
  const open = await tables.selectFrom('violation').select('guarantee').where('closed_at', 'is', null).execute();
  const violated = tellings.flatMap(({ isViolated }, index) => (isViolated ? [index] : []));
  expect(open.map(({ guarantee }) => guarantee).sort()).toEqual(violated);
});
