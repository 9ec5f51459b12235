import { type AgreementState, type CfpState, eventMatches, type RenegotiationState } from '@cloud-agency/sla';
import { isShared } from '@cloud-agency/store';
import { sql, type Transaction } from 'kysely';
import { type AgencyTables, type DeliveryRow, type EventRow, json, parsed, type WebhookRow } from './tables.js';

/** Every event there is (CFP.md 6): webhooks, SSE, `agency watch` and rules all use this one list. */
export type EventType =
  | `cfp.${CfpState}`
  | 'proposal.available'
  | `agreement.${AgreementState}`
  | `renegotiation.${RenegotiationState}`
  | `resource.${'active' | 'down' | 'up' | 'moved' | 'ending' | 'repriced' | 'retiring' | 'overused' | 'underused'}`
  | `resource.agent_${'enrolled' | 'refused'}`
  | 'market.cheaper'
  | `sla.${'at_risk' | 'violated' | 'recovered' | 'degraded' | 'restored'}`
  | `vendor.${'alive' | 'gone'}`
  | 'webhook.ping';

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
  /** A rule of its call has it told: every webhook of that call hears of it, whatever else it asked for. */
  readonly told?: boolean;
  /** The webhook that it is for; nobody else's hears of it. */
  readonly only?: string;
}

/** Tenant of events that concern everybody, such as a vendor's coming and going. */
export const everybody = '*';

/** Rows in one statement: SQLite takes no more than 32,766 values. */
const rowsAtOnce = 1_000;

/**
 * Writes events, and a delivery for each webhook that asked for one, in the transaction that causes them: as its last statements. Events are
 * numbered in the order in which they are committed, so that who has read up to a number has missed nothing before it.
 */
export async function recordAll(transaction: Transaction<AgencyTables>, now: number, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const webhooks = await webhooksFor(transaction, events);
  await waitForTurn(transaction);
  if (webhooks.length > 0) for (const event of events) await announce(transaction, now, event, webhooks);
  else
    for (let from = 0; from < events.length; from += rowsAtOnce) {
      const rows = events.slice(from, from + rowsAtOnce).map((event) => rowOf(event, now));
      await transaction.insertInto('event').values(rows).execute();
    }
}

/** Numbers are given out as rows are written; on PostgreSQL one transaction after the other does that, and is committed, before the next. */
async function waitForTurn(transaction: Transaction<AgencyTables>): Promise<void> {
  if (isShared(transaction)) await sql`SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.event'))`.execute(transaction);
}

async function announce(
  transaction: Transaction<AgencyTables>,
  now: number,
  event: NewEvent,
  webhooks: readonly Listener[],
): Promise<void> {
  const { id } = await transaction.insertInto('event').values(rowOf(event, now)).returning('id').executeTakeFirstOrThrow();
  const deliveries = webhooks.filter((webhook) => isWanted(webhook, event)).map((webhook) => deliveryTo(webhook, id, event, now));
  if (deliveries.length > 0) await transaction.insertInto('delivery').values(deliveries).execute();
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

type Listener = Pick<WebhookRow, 'id' | 'events' | 'cfp' | 'tenant' | 'state'>;

async function webhooksFor(transaction: Transaction<AgencyTables>, events: readonly NewEvent[]): Promise<readonly Listener[]> {
  const tenants = [...new Set(events.map(({ tenant }) => tenant))];
  const cfps = [...new Set(events.map(({ cfp }) => cfp ?? ''))];
  return await transaction
    .selectFrom('webhook')
    .select(['id', 'events', 'cfp', 'tenant', 'state'])
    .where((where) => where.or([where('cfp', 'is', null), where('cfp', 'in', cfps)]))
    .$if(!tenants.includes(everybody), (query) => query.where('tenant', 'in', tenants))
    .execute();
}

function isWanted({ id, events, cfp, tenant }: Listener, event: NewEvent): boolean {
  if (event.only !== undefined) return event.only === id;
  if (cfp !== null && cfp !== event.cfp) return false;
  if (event.tenant !== everybody && event.tenant !== tenant) return false;
  return (event.told === true && cfp !== null) || matches(parsed(events), event.type, event.data);
}

/** To a webhook that is disabled nothing goes, but what happens meanwhile can be replayed when it is not any more. */
function deliveryTo({ id: webhook, state }: Listener, event: number, { subject }: NewEvent, now: number): DeliveryRow {
  const isOff = state === 'disabled';
  return {
    id: `${webhook}:${String(event)}`,
    webhook,
    event,
    lane: subject,
    attempts: 0,
    queued_at: now,
    next_at: now,
    state: isOff ? 'dead' : 'waiting',
    dead_at: isOff ? now : null,
    message: isOff ? 'the webhook was disabled' : '',
  };
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
