import type { Assignment, Call, Offer } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import { demandAsItStands } from '../agreements/standing.js';
import { storageUnder } from '../assets/moving.js';
import { standing } from '../resources/placements.js';
import type { RenegotiationRow } from '../store/renegotiation-tables.js';
import {
  type AgencyTables,
  type AgreementRow,
  type CfpRow,
  parsed,
  type PlacementRow,
  type ResourceRow,
} from '../store/tables.js';
import type { RunningMachine } from './moves.js';

/** A machine of the agreement with the placement that carries it. */
export interface Berth extends RunningMachine {
  readonly row: ResourceRow;
  readonly placement: PlacementRow;
  /** It has storage, which stays where it is, and so does the machine. */
  readonly pinned: boolean;
}

export interface Situation {
  readonly agreement: AgreementRow;
  readonly cfp: CfpRow;
  /** What holds now, for as many machines as there are, and what is to hold: the same unless the call is changed. */
  readonly present: Call;
  readonly wanted: Call;
  readonly berths: readonly Berth[];
}

/** Undefined when the agreement does not run any more. */
export async function situationOf(
  tables: Kysely<AgencyTables>,
  { agreement: id, call }: Pick<RenegotiationRow, 'agreement' | 'call'>,
): Promise<Situation | undefined> {
  const agreement = await tables
    .selectFrom('agreement')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'accepted')
    .executeTakeFirst();
  if (!agreement) return undefined;
  const cfp = await tables.selectFrom('cfp').selectAll().where('id', '=', agreement.cfp).executeTakeFirstOrThrow();
  const berths = await berthsOf(tables, id);
  const agreed = parsed(cfp.call);
  const basis = { cfp: cfp.id, placements: berths.map(({ placement }) => placement) };
  const present = { ...agreed, demand: demandAsItStands(agreed.demand, basis) };
  return { agreement, cfp, present, wanted: call === null ? present : parsed(call), berths };
}

/** What a renegotiation under way has ordered runs beside the agreement until it takes over. */
export async function berthsOf(tables: Kysely<AgencyTables>, agreement: string): Promise<readonly Berth[]> {
  const resources = await tables
    .selectFrom('resource')
    .selectAll()
    .where('agreement', '=', agreement)
    .where('state', '!=', 'deleted')
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const placements = await tables.selectFrom('placement').selectAll().where('agreement', '=', agreement).execute();
  const berths: Berth[] = [];
  for (const row of resources) {
    const placement = placements.find(({ id }) => id === row.placement);
    if (!placement || !standing.includes(placement.state)) continue;
    const pinned = (await storageUnder(tables, row.id)) !== undefined;
    const leaves = placement.leaving !== null;
    berths.push({ resource: row.id, item: row.item, offer: presentOffer(placement), leaves, row, placement, pinned });
  }
  return berths;
}

/** At the price that the vendor has announced, where it has. */
export function presentOffer({ offer, announced_price: price }: Pick<PlacementRow, 'offer' | 'announced_price'>): Offer {
  const agreed = parsed(offer);
  return price === null ? agreed : { ...agreed, price };
}

export const asAssignment = ({ item, offer }: Pick<RunningMachine, 'item' | 'offer'>): Assignment => ({ item, offer, count: 1 });
