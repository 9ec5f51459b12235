import { type AppContext, repeated, type RunningApp } from '@cloud-agency/runtime';
import type { Kysely } from 'kysely';
import type { AgencyStore } from './agency-store.js';
import type { AgencyTables } from './tables.js';

/** No more events than so many are kept, except those that are still to be posted to a webhook, or could not be. */
const mostKept = 1_000_000;

/** How often it is looked for what is to go, ms, and how many numbers one transaction covers. */
const lookEveryMs = 60_000;
const atOnce = 1_000;

const only = 'events';

/** Events up to this number may be gone. */
export async function horizonOf(tables: Kysely<AgencyTables>): Promise<number> {
  const row = await tables.selectFrom('horizon').select('event').where('id', '=', only).executeTakeFirst();
  return row?.event ?? 0;
}

/** Lets the events of old go, and dead letters with them. Any number of processes may do so. */
export class EventKeeper {
  private readonly looking: RunningApp;
  private stopped = false;

  constructor(
    private readonly store: AgencyStore,
    private readonly context: Pick<AppContext, 'clock' | 'log'>,
    private readonly limits: { readonly forMs: number; readonly most?: number },
  ) {
    this.looking = repeated(context, lookEveryMs, 'Events of old could not be let go', () => this.prune());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.looking.stop();
  }

  /** Everything that is too old, or too much, piece by piece, so that nobody else waits for long. */
  async prune(): Promise<void> {
    const old = this.context.clock.now() - this.limits.forMs;
    const { tables } = this.store;
    while (!this.stopped && (await this.pruneLetters(old)));
    const newest = await tables
      .selectFrom('event')
      .select((from) => from.fn.max('id').as('id'))
      .executeTakeFirst();
    const surplus = (newest?.id ?? 0) - (this.limits.most ?? mostKept);
    while (!this.stopped && (await this.pruneSome(old, surplus)));
  }

  /** @returns whether there may be more. */
  private async pruneLetters(old: number): Promise<boolean> {
    return await this.store.work(async ({ tables }) => {
      const { numDeletedRows } = await tables
        .deleteFrom('delivery')
        .where('id', 'in', (select) =>
          select
            .selectFrom('delivery')
            .select('delivery.id')
            .where('delivery.state', '=', 'dead')
            .where('delivery.queued_at', '<', old)
            .limit(atOnce),
        )
        .executeTakeFirst();
      return numDeletedRows === BigInt(atOnce);
    });
  }

  /** @returns whether there may be more. */
  private async pruneSome(old: number, surplus: number): Promise<boolean> {
    return await this.store.work(async ({ tables }) => {
      const from = await horizonOf(tables);
      const rows = await tables
        .selectFrom('event')
        .select(['id', 'at'])
        .where('id', '>', from as never)
        .orderBy('id')
        .limit(atOnce)
        .execute();
      // By number they are in order; the clock may have been set back in between.
      const stays = rows.findIndex(({ id, at }) => at >= old && id > surplus);
      const to = (stays < 0 ? rows.at(-1) : rows[stays - 1])?.id;
      if (to === undefined) return false;
      await tables
        .deleteFrom('event')
        .where('id', '<=', to as never)
        .where('id', 'not in', tables.selectFrom('delivery').select('event').where('event', '<=', to))
        .execute();
      await tables
        .insertInto('horizon')
        .values({ id: only, event: to })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ event: to }))
        .execute();
      return stays < 0 && rows.length === atOnce;
    });
  }
}
