import type { Kysely } from 'kysely';
import type { AgencyTables } from '../store/tables.js';

export interface Count {
  readonly state: string;
  readonly count: number;
}

/** How many of a thing the store holds, by their state. Each is counted by an index. */
interface Holding {
  readonly help: string;
  readonly count: (tables: Kysely<AgencyTables>) => Promise<readonly Count[]>;
}

type Table = 'cfp' | 'agreement' | 'resource' | 'webhook' | 'vendor' | 'delivery';

export const holdings = {
  agency_calls: { help: 'Calls for proposals, by state.', count: byState('cfp') },
  agency_agreements: { help: 'Agreements, by state.', count: byState('agreement') },
  agency_computes: { help: 'Computes, by state.', count: byState('resource') },
  agency_vendor_agents: { help: 'Vendor agents, by state.', count: byState('vendor') },
  agency_webhooks: { help: 'Webhooks, by state.', count: byState('webhook') },
  agency_webhook_deliveries: {
    help: 'Events that webhooks were not given: still waiting, or given up (dead).',
    count: byState('delivery', ['waiting', 'dead']),
  },
  agency_violations: {
    help: 'Violations of guarantees that go on.',
    count: async (tables) => [
      await tables
        .selectFrom('violation')
        .select((select) => [select.val('open').as('state'), select.fn.countAll<number>().as('count')])
        .where('closed', 'is', null)
        .executeTakeFirstOrThrow(),
    ],
  },
  agency_outbox_messages: {
    help: 'Messages on their way to another app whose receipt has not come.',
    count: async (tables) => [
      await tables
        .selectFrom('outbox')
        .select((select) => [select.val('waiting').as('state'), select.fn.countAll<number>().as('count')])
        .executeTakeFirstOrThrow(),
    ],
  },
} as const satisfies Readonly<Record<string, Holding>>;

function byState(table: Table, states?: readonly string[]): Holding['count'] {
  return async (tables) =>
    await tables
      .selectFrom(table)
      .select((select) => [select.ref('state').$castTo<string>().as('state'), select.fn.countAll<number>().as('count')])
      .$if(states !== undefined, (query) => query.where('state', 'in', (states ?? []) as never))
      .groupBy('state')
      .execute();
}
