import { formatQuantity, type Reaction } from '@cloud-agency/sla';
import { renegotiationUnderWay } from '../renegotiation/states.js';
import type { Work } from '../store/agency-store.js';
import { parsed, type ReactionRow } from '../store/tables.js';
import { actions } from './actions/registry.js';
import { countOf } from './added.js';
import { finish } from './progress.js';

/** Why a rule does not do now what it would; undefined when it may. Decided by what is stored, so it holds across restarts. */
export async function obstacleTo(work: Work, rule: Reaction, row: ReactionRow): Promise<string | undefined> {
  return (
    missingSubject(row) ??
    (await beyondLimit(work, rule, row)) ??
    (await coolingDown(work, rule, row)) ??
    (await atBound(work, row)) ??
    (await othersUnderWay(work, row)) ??
    (await renegotiating(work, row))
  );
}

function missingSubject({ action, resource, item, placement }: ReactionRow): string | undefined {
  if (action === 'notify') return undefined;
  const { about } = actions[action];
  if (about === 'resource' && (resource === null || placement === null)) return 'the event is of no one machine';
  return about === 'item' && item === null ? 'the event is of no item' : undefined;
}

async function beyondLimit(work: Work, { atMost }: Reaction, { agreement, rule }: ReactionRow): Promise<string | undefined> {
  if (!atMost) return undefined;
  const recent = await work.tables
    .selectFrom('reaction')
    .select('id')
    .where('agreement', '=', agreement)
    .where('rule', '=', rule)
    .where('state', '!=', 'skipped')
    .where('begun_at', '>', work.now - atMost.per)
    .execute();
  return recent.length < atMost.times ? undefined : `not done: the rule allows ${atMost.times} per ${time(atMost.per)}`;
}

async function coolingDown(work: Work, { coolDown }: Reaction, row: ReactionRow): Promise<string | undefined> {
  if (coolDown === undefined) return undefined;
  const last = await work.tables
    .selectFrom('reaction')
    .select(['begun_at', 'finished_at'])
    .where('agreement', '=', row.agreement)
    .where('rule', '=', row.rule)
    .where('state', '!=', 'skipped')
    .where('resource', row.resource === null ? 'is' : '=', row.resource)
    .where('item', row.item === null ? 'is' : '=', row.item)
    .orderBy('begun_at', 'desc')
    .executeTakeFirst();
  if (!last || (last.finished_at ?? last.begun_at) + coolDown <= work.now) return undefined;
  return `not done: the rule cools down for ${time(coolDown)} after it has acted`;
}

async function atBound(work: Work, { action, agreement, item, detail }: ReactionRow): Promise<string | undefined> {
  if (action !== 'scale-out' && action !== 'scale-in') return undefined;
  const { bound = 0 } = parsed(detail);
  const count = await countOf(work.tables, agreement, item ?? '');
  const within = action === 'scale-out' ? count < bound : count > bound;
  const word = action === 'scale-out' ? 'up_to' : 'down_to';
  return within
    ? undefined
    : `not done: ${item ?? 'it'} has ${count === 1 ? 'one machine' : `${count} machines`}, and the rule goes ${word.replace('_', ' ')} ${bound}`;
}

async function othersUnderWay(work: Work, row: ReactionRow): Promise<string | undefined> {
  const others = (await sameSubject(work, row)).filter(({ id }) => id !== row.id);
  const [other] = others;
  if (!other) return row.action === 'replace' ? undefined : await ownersTask(work, row);
  if (row.action === 'replace' && (other.action === 'migrate' || other.action === 'resize')) {
    await finish(work, other, 'failed', `given up: ${row.event} came in between, and it is replaced instead`);
    return undefined;
  }
  return `not done: ${other.action} is under way`;
}

type Other = Pick<ReactionRow, 'id' | 'action'>;

async function sameSubject(work: Work, { action, agreement, resource, item }: ReactionRow): Promise<readonly Other[]> {
  const underWay = work.tables
    .selectFrom('reaction')
    .select(['id', 'action'])
    .where('agreement', '=', agreement)
    .where('state', '=', 'begun');
  if (resource !== null) return await underWay.where('resource', '=', resource).execute();
  if (item !== null) return await underWay.where('resource', 'is', null).where('item', '=', item).execute();
  return action === 'notify' ? [] : await underWay.where('action', '=', action).execute();
}

/** What its client has under way on a machine goes before what merely betters it. */
async function ownersTask(work: Work, { resource }: ReactionRow): Promise<string | undefined> {
  if (resource === null) return undefined;
  const row = await work.tables.selectFrom('resource').select('task').where('id', '=', resource).executeTakeFirst();
  return row?.task == null ? undefined : 'not done: an operation is under way on the machine';
}

/** What a renegotiation changes is left alone meanwhile, but for a machine that is down. */
async function renegotiating(work: Work, { action, agreement }: ReactionRow): Promise<string | undefined> {
  if (action === 'notify' || action === 'terminate' || action === 'replace') return undefined;
  const other = await renegotiationUnderWay(work, agreement);
  const isInTheWay =
    other !== undefined && (action === 'renegotiate' || other.state === 'accepted' || other.state === 'carrying-out');
  return isInTheWay ? `not done: renegotiation ${other.id} is ${other.state}` : undefined;
}

const time = (ms: number): string => formatQuantity(ms, 'duration');
