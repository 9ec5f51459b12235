import type { FindingMessage, MetricSample, SampleSource, SamplesAnswer } from '@cloud-agency/bus';
import { createLog } from '@cloud-agency/runtime';
import type { Guarantee } from '@cloud-agency/sla';
import { openDatabase, post } from '@cloud-agency/store';
import { type Kysely, sql, type Transaction } from 'kysely';
import { databases, type TestDatabase } from '../../../libs/store/test/databases.js';
import type { Watch } from '../src/assessor/sample.js';
import { MetricBoard } from '../src/meters/metric-board.js';
import { remember } from '../src/store/memory.js';
import { monitorMigrations } from '../src/store/migrations.js';
import { recall } from '../src/store/recalling.js';
import type { MonitorTables } from '../src/store/tables.js';
import { Assessing } from '../src/watches/assessing.js';
import { FastClock } from './fast-clock.js';

/** As long as samples wait for one another, and then for being judged, ms. */
export const gathering = 30;

/** What is told of a guarantee. */
export type Told = Pick<FindingMessage, 'finding' | 'at' | 'resource' | 'guarantee' | 'violation'>;

/** One machine, `web`, that measures itself, and what is promised of it. */
export const watching = (...guarantees: Guarantee[]): Watch => ({
  agreement: 'shop',
  version: 1,
  active: true,
  resources: [{ resource: 'web', item: 'web', placement: 'web-1', address: '127.0.0.1' }],
  probes: [],
  guarantees,
});

/** One start of the monitor. Once it is dead nothing of it is stored, and nothing that it has planned is done. */
interface Life {
  readonly assessing: Assessing;
  readonly clock: FastClock;
  isDead: boolean;
}

/** A monitor on a store and a clock of its own, as it is behind the bus: watches are set, samples come in, findings are read from its outbox. */
export class Trial {
  watches: readonly Watch[] = [];
  isDiskFull = false;
  private life: Life | undefined;
  private ids = 0;

  private constructor(
    private readonly database: TestDatabase,
    readonly tables: Kysely<MonitorTables>,
    private time: number,
  ) {}

  static async open(start: number, watches: readonly Watch[]): Promise<Trial> {
    const database = await databases['SQLite (libsql)']!();
    const tables = await openDatabase<MonitorTables>(database.place, monitorMigrations);
    // What is tried here is not the disk.
    await sql`PRAGMA synchronous = OFF`.execute(tables);
    const trial = new Trial(database, tables, start);
    trial.watches = watches;
    await trial.start();
    return trial;
  }

  get clock(): FastClock {
    return this.alive.clock;
  }

  get assessing(): Assessing {
    return this.alive.assessing;
  }

  /** @param away how long after the end of the one before, ms */
  async start(away = 0): Promise<void> {
    this.time += away;
    const clock = new FastClock(this.time);
    const life = { isDead: false };
    const assessing = await Assessing.open({
      clock,
      log: createLog('monitor', 'silent'),
      ids: { next: () => `id-${String((this.ids += 1))}` },
      tables: this.tables,
      broadcast: () => undefined,
      store: {
        versions: () => Promise.resolve(this.watches),
        watches: () => Promise.resolve(this.watches),
        recall: (agreements) => recall(this.tables, agreements),
        fence: () => {
          if (life.isDead) return Promise.reject(new Error('this process is dead'));
          return this.isDiskFull ? Promise.reject(new Error('the disk is full')) : Promise.resolve();
        },
        keep: async (transaction, agreement, changes) => {
          await remember(transaction, agreement, changes);
          for (const { finding } of changes) if (finding) await this.post(transaction, agreement, finding, clock);
        },
        wake: () => undefined,
      },
      board: new MetricBoard(),
    });
    this.life = Object.assign(life, { assessing, clock });
    await assessing.desk.look();
  }

  /** As `kill -9`: what is not on disk by now never comes there. Resolves once what was under way has ended. */
  async crash(): Promise<void> {
    const { alive: life } = this;
    this.time = life.clock.now();
    life.isDead = true;
    await this.tables.transaction().execute(() => Promise.resolve());
  }

  async stop(): Promise<void> {
    this.time = this.clock.now();
    await this.assessing.stop();
  }

  async close(): Promise<void> {
    await this.crash();
    await this.tables.destroy();
    await this.database.end();
  }

  /** Time passes, and whatever comes of it is done. */
  async pass(ms: number, step = ms): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      this.clock.run(Math.min(step, left));
      await this.settled();
    }
  }

  /** As a sender does: what came of it, once it is on disk. */
  async send(source: SampleSource, samples: readonly Partial<MetricSample>[]): Promise<SamplesAnswer> {
    const answer = this.assessing.intake.take(source, samples.map(of));
    await this.pass(gathering, gathering / 2);
    return await answer;
  }

  /** What has been told so far, each as often as it was; what lasts is told again and again. */
  async told(): Promise<readonly Told[]> {
    await this.pass(1_000, 500);
    const rows = await this.tables.selectFrom('outbox').select('body').orderBy('conversation').orderBy('sequence').execute();
    return rows.map(({ body }) => JSON.parse(body) as Told).filter(({ finding }) => finding !== 'sla.lasting');
  }

  /** The same in short, and how many seconds after an instant. */
  async story(start: number): Promise<readonly string[]> {
    return (await this.told())
      .filter(({ finding }) => finding !== 'sla.at_risk')
      .map(({ finding, at }) => `${String(Math.floor((Date.parse(at) - start) / 1_000))} s ${finding}`);
  }

  /** Whatever is being stored is stored. */
  private async settled(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise(setImmediate);
      await this.tables.transaction().execute(() => Promise.resolve());
    }
  }

  private async post(
    transaction: Transaction<MonitorTables>,
    conversation: string,
    content: Parameters<typeof post>[2]['content'],
    clock: FastClock,
  ): Promise<void> {
    const ids = { next: () => `message-${String((this.ids += 1))}` };
    await post(transaction, { ids, clock }, { conversation, sender: 'monitor', subject: 'agency.finding', content });
  }

  private get alive(): Life {
    if (!this.life) throw new Error('No monitor has been started');
    return this.life;
  }
}

const of = (sample: Partial<MetricSample>): unknown => ({ resource: 'web', placement: 'web-1', ...sample });
