/** A machine makes way for another one of the same resource (CFP.md 5): what replace, migrate and resize have in common. */
import type { Offer } from '@cloud-agency/sla';
import { machineMs, quoteMs } from '../agreements/acceptance.js';
import { cancel, order, standing } from '../resources/placements.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { parsed, type PlacementRow, type ReactionRow, type ResourceRow } from '../store/tables.js';
import { goOn, isUnderWay, remark } from './progress.js';
import { type Basis, stillStands } from '../agreements/standing.js';

/** A reaction about one machine, and how far its move is. */
export interface Move {
  readonly reaction: ReactionRow;
  readonly resource: ResourceRow;
  /** The machine that is to make way. */
  readonly old: PlacementRow;
  /** Those ordered in its place so far, newest first. */
  readonly tried: readonly PlacementRow[];
}

/** Undefined where there is nothing to move any more. */
export async function moveOf({ tables }: Pick<AgencyStore, 'tables'>, reaction: ReactionRow): Promise<Move | undefined> {
  const resource = await tables
    .selectFrom('resource')
    .selectAll()
    .where('id', '=', reaction.resource ?? '')
    .where('state', '!=', 'deleted')
    .executeTakeFirst();
  const old = await tables
    .selectFrom('placement')
    .selectAll()
    .where('id', '=', reaction.placement ?? '')
    .executeTakeFirst();
  if (!resource || !old) return undefined;
  const tried = await tables
    .selectFrom('placement')
    .selectAll()
    .where('replaces', '=', old.id)
    .orderBy('requested_at', 'desc')
    .execute();
  return { reaction, resource, old, tried };
}

/** The new machine that is on its way, or waits for its storage. */
export const underWay = ({ tried: [newest] }: Move): PlacementRow | undefined =>
  newest && standing.includes(newest.state) ? newest : undefined;

/** Offers that are not to be tried again; one that only lacked quota is, once the old machine has given its own back. */
export function withoutTried({ old, tried }: Move): readonly string[] {
  const again = standing.includes(old.state) ? ['price-changed'] : ['price-changed', 'quota'];
  const failed = tried.filter(({ reason }) => reason !== null && !again.includes(reason));
  return [old.offer_id, ...failed.map((placement) => placement.offer_id)];
}

interface Ordering {
  readonly id: string;
  readonly offer: Offer;
  /** What the offer was chosen to stand beside; absent: it does not matter. */
  readonly basis?: Basis;
  /** The old machine goes at once (overlap: none). */
  readonly breakFirst: boolean;
}

/** Orders the new machine. False when what it was planned beside has changed meanwhile: it has to be planned anew. */
export async function orderMove(
  work: Work,
  { reaction, old }: Move,
  { id, offer, basis, breakFirst }: Ordering,
): Promise<boolean> {
  const resource = await work.tables.selectFrom('resource').selectAll().where('id', '=', old.resource).executeTakeFirstOrThrow();
  if (resource.state === 'deleted' || !(await isUnderWay(work, reaction))) return true;
  if (basis && !(await stillStands(work.tables, reaction.agreement, basis, resource.id))) return false;
  const cfp = await work.tables.selectFrom('cfp').select('call').where('id', '=', resource.cfp).executeTakeFirstOrThrow();
  if (breakFirst) await breakOff(work, old.id, 'it goes before the machine that takes its place');
  await order(work, {
    id,
    call: parsed(cfp.call),
    resource: { ...resource, agreement: reaction.agreement },
    offer,
    replaces: old.id,
    deadline: work.now + machineMs,
    validUntil: work.now + quoteMs,
  });
  const message = `its replacement is being provisioned at ${offer.vendor}, ${offer.region}`;
  await goOn(work, reaction, message, { tried: true });
  await remark(work, resource.id, message);
  return true;
}

/** Gives a machine back before anything has taken its place. */
export async function breakOff(work: Work, placement: string, why: string): Promise<void> {
  const current = await work.tables.selectFrom('placement').selectAll().where('id', '=', placement).executeTakeFirst();
  if (current && standing.includes(current.state)) await cancel(work, current, why);
}
