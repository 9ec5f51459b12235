import type { FindingMessage } from '@cloud-agency/bus';
import { burnPairs, type Call, eventValues, type GuaranteeTerm, parseCondition, type Reaction } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import type { EventType } from '../store/events.js';
import { type AgreementRow, json, parsed, type ReactionRow, type ResourceRow } from '../store/tables.js';
import { actions } from './actions/registry.js';
import { countOf } from './added.js';
import { type Deed, deedOf } from './deeds.js';
import { obstacleTo } from './obstacles.js';
import { finish, remark } from './progress.js';

/** An event as the rules see it. */
export interface Occurrence {
  readonly type: EventType;
  readonly message: string;
  readonly item?: string;
  readonly term?: GuaranteeTerm;
  /** Index of the one rule that it is for: what is used too much is said by the rule. */
  readonly rule?: number;
  /** Of a guarantee: why it is at risk. */
  readonly risk?: FindingMessage['risk'];
  /** What a rule's `if` can compare beside how many machines there are and what they cost. */
  readonly values?: Readonly<Record<string, number>>;
}

export interface Trigger {
  readonly agreement: Pick<AgreementRow, 'id' | 'cfp'>;
  readonly call: Call;
  readonly event: Occurrence;
  readonly resource?: ResourceRow;
}

interface Ids {
  next(): string;
}

/**
 * Begins what the client's rules want done about an event: written down here, carried out by the tier. What a rule does not do because of its
 * limits, or because something else is under way, is written down too, with the reason (docs/reactions.md). Resolves to whether a rule has the event
 * told to the webhooks of the call.
 */
export async function react(work: Work, ids: Ids, trigger: Trigger): Promise<boolean> {
  const matching = [...trigger.call.reactions.entries()].filter(([index, rule]) => applies(rule, index, trigger.event));
  if (matching.length === 0) return false;
  await hold(work, trigger.agreement.id);
  let told = false;
  for (const [index, rule] of matching) {
    const deed = deedOf(rule);
    if (!deed || !(await holds(work, rule, trigger))) continue;
    const begun = await follow(work, ids, trigger, index, rule, deed);
    told ||= begun && deed.action === 'notify';
  }
  return told;
}

function applies(rule: Reaction, index: number, event: Occurrence): boolean {
  return (
    rule.on === event.type &&
    (rule.of === undefined || rule.of === event.item) &&
    (rule.term === undefined || rule.term === event.term) &&
    (event.rule === undefined || event.rule === index) &&
    isAtRiskAs(rule, event)
  );
}

/** A budget burns as a rule has it only where both windows of a pair do: the long one alone may tell of what is over. */
function isAtRiskAs({ risk: by, burnRate }: Reaction, { risk }: Occurrence): boolean {
  if (by !== undefined && risk?.by !== by) return false;
  if (burnRate === undefined) return true;
  if (risk?.by !== 'burn_rate') return false;
  const reached = burnPairs.find(({ factor }) => factor <= burnRate)?.factor ?? 0;
  return risk.rate >= burnRate && risk.factor >= reached;
}

/** Nobody else decides about this agreement's reactions until this work ends: limits count what is there. */
async function hold(work: Work, agreement: string): Promise<void> {
  await work.tables
    .updateTable('agreement')
    .set((set) => ({ removed: set.ref('removed') }))
    .where('id', '=', agreement)
    .execute();
}

async function holds(work: Work, rule: Reaction, { agreement, event, resource }: Trigger): Promise<boolean> {
  if (rule.if === undefined) return true;
  const placement =
    resource?.placement == null
      ? undefined
      : await work.tables
          .selectFrom('placement')
          .select(['offer', 'announced_price'])
          .where('id', '=', resource.placement)
          .executeTakeFirst();
  const values: Readonly<Record<string, number>> = {
    ...event.values,
    ...(event.item === undefined ? {} : { machines: await countOf(work.tables, agreement.id, event.item) }),
    ...(placement ? { price: placement.announced_price ?? parsed(placement.offer).price } : {}),
  };
  return parseCondition(rule.if, eventValues(rule.on))((name) => values[name] ?? NaN);
}

/** Resolves to whether the rule acts. */
async function follow(work: Work, ids: Ids, trigger: Trigger, index: number, rule: Reaction, deed: Deed): Promise<boolean> {
  const row = rowOf(ids, trigger, index, deed, work.now);
  const obstacle = await obstacleTo(work, rule, row);
  if (obstacle !== undefined) {
    await skip(work, row, obstacle);
    return false;
  }
  await work.tables.insertInto('reaction').values(row).execute();
  if (row.action === 'notify') await finish(work, row, 'done', 'told to every webhook of the call');
  else if (row.resource !== null) await remark(work, row.resource, `${deed.doing} after ${trigger.event.type}`);
  return true;
}

function rowOf(ids: Ids, { agreement, event, resource }: Trigger, rule: number, deed: Deed, now: number): ReactionRow {
  const subject = subjectOf(deed, event, resource);
  return {
    id: ids.next(),
    agreement: agreement.id,
    rule,
    action: deed.action,
    event: event.type,
    cause: event.message,
    ...subject,
    state: 'begun',
    message: `${deed.doing} after ${event.type}`,
    detail: json(deed.detail),
    attempts: 0,
    next_at: now,
    begun_at: now,
    finished_at: null,
    lease_owner: null,
    lease_until: null,
    epoch: 0,
  };
}

/** What a reaction is about; null: nothing that narrows it. */
function subjectOf(
  { action }: Deed,
  { item }: Occurrence,
  resource: ResourceRow | undefined,
): Pick<ReactionRow, 'resource' | 'placement' | 'item'> {
  const about = action === 'notify' ? 'agreement' : actions[action].about;
  if (about === 'agreement') return { resource: null, placement: null, item: null };
  if (about === 'item' || !resource) return { resource: null, placement: null, item: item ?? null };
  return { resource: resource.id, placement: resource.placement, item: resource.item };
}

/** One row for the same reason in a row, however often the event comes. */
async function skip(work: Work, row: ReactionRow, why: string): Promise<void> {
  if (row.resource !== null) await remark(work, row.resource, why);
  const last = await work.tables
    .selectFrom('reaction')
    .select(['id', 'state', 'message', 'attempts'])
    .where('agreement', '=', row.agreement)
    .where('rule', '=', row.rule)
    .where('resource', row.resource === null ? 'is' : '=', row.resource)
    .where('item', row.item === null ? 'is' : '=', row.item)
    .orderBy('begun_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  if (last?.state === 'skipped' && last.message === why)
    await work.tables
      .updateTable('reaction')
      .set({ attempts: last.attempts + 1, finished_at: work.now })
      .where('id', '=', last.id)
      .execute();
  else
    await work.tables
      .insertInto('reaction')
      .values({ ...row, state: 'skipped', message: why, attempts: 1, finished_at: work.now })
      .execute();
}
