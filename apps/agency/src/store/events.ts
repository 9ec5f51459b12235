import { type AgreementState, type CfpState, eventMatches, type RenegotiationState } from '@cloud-agency/sla';
import type { Transaction } from 'kysely';
import { type AgencyTables, type EventRow, json, type WebhookRow } from './tables.js';

/** Every event there is (CFP.md 6): webhooks, SSE, `agency watch` and rules all use this one list. */
export type EventType =
  | `cfp.${CfpState}`
  | 'proposal.available'
  | `agreement.${AgreementState}`
  | `renegotiation.${RenegotiationState}`
  | `resource.${'active' | 'down' | 'up' | 'moved' | 'ending' | 'repriced' | 'retiring' | 'overused' | 'underused'}`
  | 'market.cheaper'
  | `sla.${'violated' | 'recovered'}`
  | `vendor.${'alive' | 'gone'}`;

export interface NewEvent {
  readonly type: EventType;
  readonly tenant: string;
  /** Location of the entity it is about, e.g. `/compute/ID`. */
  readonly subject: string;
  readonly cfp?: string;
  readonly agreement?: string;
  /** One sentence for a person. */
  readonly message: string;
  readonly data: object;
}

/** Tenant of events that concern everybody, such as a vendor's coming and going. */
export const everybody = '*';

/**
 * Writes an event, and a delivery for each webhook that asked for it, in the transaction that causes it.
 * Events are numbered in the order they were written; resolves to the number.
 */
export async function record(transaction: Transaction<AgencyTables>, now: number, event: NewEvent): Promise<number> {
  const { id } = await transaction.insertInto('event').values(rowOf(event, now)).returning('id').executeTakeFirstOrThrow();
  await queueDeliveries(transaction, now, event, id, await webhooksFor(transaction, event));
  return id;
}

/** The same for several events of one tenant, in as few statements as it takes. */
export async function recordAll(
  transaction: Transaction<AgencyTables>,
  now: number,
  tenant: string,
  events: readonly NewEvent[],
): Promise<void> {
  const listening = await transaction.selectFrom('webhook').select('id').where('tenant', '=', tenant).limit(1).executeTakeFirst();
  if (listening) for (const event of events) await record(transaction, now, event);
  else if (events.length > 0)
    await transaction
      .insertInto('event')
      .values(events.map((event) => rowOf(event, now)))
      .execute();
}

/** The database gives the number. */
const rowOf = (event: NewEvent, now: number) =>
  ({
    tenant: event.tenant,
    type: event.type,
    at: now,
    subject: event.subject,
    cfp: event.cfp ?? null,
    agreement: event.agreement ?? null,
    message: event.message,
    body: json(event.data),
  }) as Omit<EventRow, 'id'> & { id: never };

type Listener = Pick<WebhookRow, 'id' | 'events'>;

async function webhooksFor(transaction: Transaction<AgencyTables>, event: NewEvent): Promise<readonly Listener[]> {
  return await transaction
    .selectFrom('webhook')
    .select(['id', 'events'])
    .where((where) => where.or([where('cfp', 'is', null), where('cfp', '=', event.cfp ?? '')]))
    .$if(event.tenant !== everybody, (query) => query.where('tenant', '=', event.tenant))
    .execute();
}

async function queueDeliveries(
  transaction: Transaction<AgencyTables>,
  now: number,
  event: NewEvent,
  id: number,
  webhooks: readonly Listener[],
): Promise<void> {
  for (const webhook of webhooks) {
    if (!matches(JSON.parse(webhook.events) as string[], event.type, event.data)) continue;
    await deliver(transaction, now, webhook.id, id);
  }
}

/** Has an event told to a webhook, once, however often it is asked for. */
export async function deliver(
  transaction: Transaction<AgencyTables>,
  now: number,
  webhook: string,
  event: number,
): Promise<void> {
  await transaction
    .insertInto('delivery')
    .values({
      id: `${webhook}:${String(event)}`,
      webhook,
      event,
      attempts: 0,
      next_at: now,
      state: 'waiting',
      message: '',
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/**
 * Whether an event is wanted: `sla.*` stands for every event that begins with `sla.`, `*` for all; `type?item=web&term=availability` only for
 * those whose data say the same.
 */
export function matches(patterns: readonly string[], type: string, data: object): boolean {
  return patterns.some((pattern) => {
    const [wanted = '', filters = ''] = pattern.split('?');
    if (!eventMatches(type, wanted)) return false;
    return [...new URLSearchParams(filters)].every(([key, value]) =>
      Object.entries(data).some(([name, found]) => name === key && found === value),
    );
  });
}
