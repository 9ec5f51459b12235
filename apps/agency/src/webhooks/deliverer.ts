import type { AppContext } from '@cloud-agency/runtime';
import { isShared } from '@cloud-agency/store';
import { sql } from 'kysely';
import type { AgencyStore } from '../store/agency-store.js';
import { alone, keepingOf } from '../store/leases.js';
import { WorkLoop } from '../store/work-loop.js';
import { Courier } from './courier.js';
import { Destinations } from './destinations.js';
import { Outcomes } from './outcomes.js';
import { Poster } from './poster.js';

/** Webhooks that are delivered to at once. One whose receiver is slow takes up one of these, and no other waits for it. */
const mostCouriers = 500;

/** Events of other processes, and what waits for its time, are looked for so often, ms. */
const lookAgainMs = 100;

/**
 * Announces events to the clients' webhooks: a CloudEvents envelope, signed as Standard Webhooks has it, in the order in which things happened to
 * each entity, again and again for a day until the receiver takes it (docs/webhooks.md).
 */
export class Deliverer {
  private readonly loop: WorkLoop;
  private readonly poster: Poster;
  /** Those under way, by webhook. */
  private readonly couriers = new Map<string, Courier>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly store: AgencyStore,
    context: Pick<AppContext, 'clock' | 'log' | 'settings'>,
    /** Who holds the leases. */
    private readonly owner: string,
    random: () => number,
  ) {
    this.poster = new Poster(new Destinations(context.settings));
    const outcomes = new Outcomes(store, context, random);
    const tools = { store, context, poster: this.poster, outcomes, signal: this.stopping.signal };
    const keeping = keepingOf(context, owner);
    this.loop = new WorkLoop(store, context, {
      name: 'webhook',
      reads: ['delivery', 'webhook'],
      due: (now) => this.due(now),
      step: (id) => alone(store.tables, 'webhook', id, keeping, () => this.send(id, new Courier(id, tools))),
      width: () => mostCouriers,
      lookAgainMs,
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop.stop();
    this.poster.close();
  }

  private async send(id: string, courier: Courier): Promise<void> {
    this.couriers.set(id, courier);
    try {
      await courier.run();
    } finally {
      this.couriers.delete(id);
    }
  }

  /** Webhooks that something is due for; those under way are told so. From one to the next by the index: there may be many deliveries, and few webhooks that have any. */
  private async due(now: number): Promise<readonly string[]> {
    const free = sql`(webhook.lease_owner is null or webhook.lease_owner = ${this.owner} or webhook.lease_until < ${now})`;
    const { rows } = await sql<{ id: string }>`
      with recursive owed (id) as (
        select min(webhook) from delivery
        union all
        select (select min(webhook) from delivery where webhook > owed.id) from owed where owed.id is not null
      )
      select webhook.id from owed join webhook on webhook.id = owed.id
      where webhook.state <> 'disabled'
        and exists (select 1 from delivery where delivery.webhook = webhook.id and delivery.state = 'waiting' and next_at <= ${now})
        ${isShared(this.store.tables) ? sql`and ${free}` : sql``}`.execute(this.store.tables);
    for (const { id } of rows) this.couriers.get(id)?.ring();
    return rows.map(({ id }) => id);
  }
}
