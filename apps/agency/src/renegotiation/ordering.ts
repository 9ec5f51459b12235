import type { Ids } from '@cloud-agency/runtime';
import type { Offer } from '@cloud-agency/sla';
import { itemResource, machineMs, provisioningMs, quoteMs } from '../agreements/acceptance.js';
import { order } from '../resources/placements.js';
import { refreshSensors } from '../sensors/observing.js';
import type { Work } from '../store/agency-store.js';
import type { Move, RenegotiationRow } from '../store/renegotiation-tables.js';
import { json, parsed, type ResourceRow } from '../store/tables.js';
import type { Situation } from './situation.js';
import { type Arrival, arrivals } from './progress.js';
import { moveTo } from './states.js';

/** A renegotiation with what it is about. */
export interface Undertaking {
  readonly row: RenegotiationRow;
  readonly situation: Situation;
}

/** Orders every machine that is to come, beside what runs: make before break (CFP.md 5). */
export async function orderAll(work: Work, ids: Ids, undertaking: Undertaking): Promise<void> {
  const { row } = undertaking;
  const moves: Move[] = [];
  for (const move of parsed(row.moves)) moves.push(move.do === 'release' ? move : await orderOne(work, ids, undertaking, move));
  const coming = arrivals(moves).length;
  await moveTo(work, row, 'carrying-out', `${String(coming)} machines are being provisioned beside what runs`, {
    moves: json(moves),
    deadline: work.now + provisioningMs,
  });
}

/** Orders the machines that failed elsewhere: `instead` has an offer for each, by the placement that failed. */
export async function orderAgain(
  work: Work,
  ids: Ids,
  undertaking: Undertaking,
  instead: ReadonlyMap<string, Offer>,
): Promise<void> {
  const { row } = undertaking;
  const moves: Move[] = [];
  for (const move of parsed(row.moves)) {
    const to = move.do === 'release' ? undefined : instead.get(move.placement ?? '');
    moves.push(move.do === 'release' || !to ? move : await orderOne(work, ids, undertaking, { ...move, to }));
  }
  await work.tables
    .updateTable('renegotiation')
    .set({
      moves: json(moves),
      attempts: row.attempts + 1,
      message: 'what failed is being provisioned elsewhere',
      next_at: work.now,
    })
    .where('id', '=', row.id)
    .execute();
}

/** Orders one; a machine more gets a resource of its own, once. Returns the move as it stands then. */
async function orderOne(work: Work, ids: Ids, { row, situation }: Undertaking, move: Arrival): Promise<Move> {
  const placement = ids.next();
  const resource = await resourceOf(work, ids, situation, move, placement);
  await order(work, {
    id: placement,
    call: situation.wanted,
    resource: { ...resource, agreement: row.agreement },
    offer: move.to,
    ...(move.do === 'move' && resource.placement !== null ? { replaces: resource.placement } : {}),
    renegotiation: row.id,
    deadline: work.now + machineMs,
    validUntil: work.now + quoteMs,
  });
  await refreshSensors(work, [resource.id]);
  return { ...move, resource: resource.id, placement };
}

async function resourceOf(
  work: Work,
  ids: Ids,
  { cfp, agreement }: Situation,
  move: Arrival,
  placement: string,
): Promise<ResourceRow> {
  const message = `being provisioned at ${move.to.vendor}, ${move.to.region}`;
  if (move.resource === null) {
    const number = 1 + (await everNamed(work, cfp.id, move.item));
    const place = { agreement: agreement.id, placement, state: 'inactive', message } as const;
    const made = { ...itemResource(cfp, move.item, number, work.now), id: ids.next(), ...place };
    await work.tables.insertInto('resource').values(made).execute();
    return made;
  }
  const known = work.tables.updateTable('resource').where('id', '=', move.resource);
  const change = move.do === 'add' ? { placement, message } : { message: `its successor is ${message}` };
  return await known.set(change).returningAll().executeTakeFirstOrThrow();
}

/** Numbers are not used again: a name stands for one machine. */
async function everNamed(work: Work, cfp: string, item: string): Promise<number> {
  const rows = await work.tables.selectFrom('resource').select('id').where('cfp', '=', cfp).where('item', '=', item).execute();
  return rows.length;
}
