import { type Call, parseCall } from '@cloud-agency/sla';
import { openDatabase, post } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import type { TestDatabase } from '../../../../libs/store/test/databases.js';
import { withdraw } from '../../src/agreements/withdrawing.js';
import { type Occurrence, react } from '../../src/reactions/rules.js';
import { sender, type Work } from '../../src/store/agency-store.js';
import { type EventType, recordAll } from '../../src/store/events.js';
import { agencyMigrations } from '../../src/store/migrations.js';
import { type AgencyTables, json, type ReactionRow } from '../../src/store/tables.js';
import { agreementRow, insertCall, placementRow } from '../sensors/sensor-world.js';

/** The call of one item `web`, as its client would write it. */
export const callWith = (...reactions: readonly string[]): Call =>
  parseCall(`apiVersion: cloud-agency/v1
kind: CallForProposals
name: ruled
resources: { web: { kind: compute, count: 3 } }
probes: [{ of: web, http: "http://{address}/" }]
guarantees: [{ term: response_time, of: web, at_most: 200 ms, over: 5 min }]
reactions:
${reactions.map((rule) => `  - ${rule}`).join('\n')}
`).call;

const written = ['reaction', 'resource', 'placement', 'agreement', 'webhook', 'delivery', 'event', 'outbox'] as const;

/** The rules over a store alone: three machines of one agreement, and a clock that stands still until it is moved. */
export class RulesWorld {
  now = 1_000_000_000;
  private ids = 0;

  private constructor(
    private tables: Kysely<AgencyTables>,
    private readonly database: TestDatabase,
    private readonly call: Call,
  ) {}

  /** What an earlier world left in the database goes. */
  static async open(database: TestDatabase, call: Call): Promise<RulesWorld> {
    const tables = await openDatabase<AgencyTables>(database.place, agencyMigrations);
    for (const table of written) await tables.deleteFrom(table).execute();
    await insertCall(tables);
    const world = new RulesWorld(tables, database, call);
    await world.begin();
    return world;
  }

  async close(): Promise<void> {
    await this.tables.destroy();
  }

  /** Nothing but what is stored is left. */
  async restart(): Promise<void> {
    await this.tables.destroy();
    this.tables = await openDatabase<AgencyTables>(this.database.place, agencyMigrations);
  }

  async isAtRisk(resource: string, risk: NonNullable<Occurrence['risk']>): Promise<void> {
    await this.happens('sla.at_risk', resource, 100, { risk });
  }

  async happens(type: EventType, resource: string, measured = 100, more: Pick<Occurrence, 'risk'> = {}): Promise<void> {
    await this.work(async (work) => {
      const row = await work.tables.selectFrom('resource').selectAll().where('id', '=', resource).executeTakeFirstOrThrow();
      if (row.state === 'deleted') return;
      const message = `${type} of ${resource}`;
      const told = await react(work, this.idSource, {
        agreement: { id: 'g', cfp: 'call' },
        call: this.call,
        event: { type, message, item: 'web', term: 'response_time', values: { measured, wanted: 80 }, ...more },
        resource: row,
      });
      await work.record({ type, tenant: 'a', subject: '/', agreement: 'g', cfp: 'call', message, data: {}, told });
    });
  }

  async finishes(id: string, state: 'done' | 'failed'): Promise<void> {
    await this.tables
      .updateTable('reaction')
      .set({ state, finished_at: this.now })
      .where('id', '=', id)
      .where('state', '=', 'begun')
      .execute();
  }

  async deletes(resource: string): Promise<void> {
    await this.work((work) => withdraw(work, 'g', [resource], 'the client deleted it'));
  }

  async operates(resource: string): Promise<void> {
    await this.tables.updateTable('resource').set({ task: 'stop' }).where('id', '=', resource).execute();
  }

  /** Oldest first. */
  async reactions(): Promise<readonly ReactionRow[]> {
    return await this.tables.selectFrom('reaction').selectAll().orderBy('begun_at').orderBy('id').execute();
  }

  async deliveries(): Promise<number> {
    return (await this.tables.selectFrom('delivery').select('id').execute()).length;
  }

  private readonly idSource = { next: (): string => String((this.ids += 1)).padStart(6, '0') };

  private async work<T>(task: (work: Work) => Promise<T>): Promise<T> {
    const { now, idSource: ids } = this;
    const source = { ids, clock: { now: () => now } };
    return await this.tables.transaction().execute((transaction) =>
      task({
        tables: transaction,
        now,
        record: (event) => recordAll(transaction, now, [event]),
        took: () => Promise.resolve(),
        send: async (letter) => {
          await post(transaction, source, { ...letter, sender });
        },
      }),
    );
  }

  private async begin(): Promise<void> {
    const { tables, now } = this;
    await tables
      .insertInto('agreement')
      .values(agreementRow('g', 'a', now))
      .execute();
    for (const id of ['web-1', 'web-2', 'web-3']) {
      const common = { cfp: 'call', agreement: 'g', item: 'web' };
      const rest = { origin: 'call' as const, given: json({}), message: '', task: null };
      await tables
        .insertInto('resource')
        .values({ ...common, ...rest, id, tenant: 'a', title: id, state: 'active', placement: `${id}-p`, created_at: now })
        .execute();
      await tables
        .insertInto('placement')
        .values({ ...placementRow(`${id}-p`, { ...common, resource: id, address: '127.0.0.1' }, now), next_offer: null })
        .execute();
    }
    await tables
      .insertInto('webhook')
      .values({
        ...{ id: 'hook', tenant: 'a', cfp: 'call', url: 'http://127.0.0.1:9/', events: json(['proposal.available']), secret: '' },
        ...{ state: 'active', failures: 0, created_at: now },
      })
      .execute();
  }
}
