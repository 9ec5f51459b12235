/** What machines cost: the price of each by the hour, from when it was verified until it was given back, stopped or not. */
import type { Charge } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import type { Work } from '../store/agency-store.js';
import { type AgencyTables, type Json, json, parsed, type PlacementRow, type Rate } from '../store/tables.js';

/** What the machines of an agreement were charged, and are. */
export async function chargesOf(tables: Kysely<AgencyTables>, agreement: string): Promise<readonly Charge[]> {
  const placements = await tables
    .selectFrom('placement')
    .selectAll()
    .where('agreement', '=', agreement)
    .where('active_at', 'is not', null)
    .execute();
  return placements.flatMap((placement) => {
    const { resource, item, ended_at } = placement;
    const present = { price: parsed(placement.offer).price, from: presentSince(placement), until: ended_at };
    return [...parsed(placement.rates), present].map((rate) => ({ resource, item, ...rate }));
  });
}

/** The rates of a placement whose price changes at an instant, its present price among them. To be stored together with the new one. */
export function ratesUntil(placement: PlacementRow, until: number): Json<readonly Rate[]> {
  const rates = parsed(placement.rates);
  if (placement.active_at === null) return placement.rates;
  return json([...rates, { price: parsed(placement.offer).price, from: presentSince(placement), until }]);
}

const presentSince = ({ rates, active_at }: PlacementRow): number => parsed(rates).at(-1)?.until ?? active_at ?? 0;

/** A machine that is given back, or gone, is charged no longer. The first time counts. */
export async function endCharge(work: Work, placement: string): Promise<void> {
  await work.tables
    .updateTable('placement')
    .set({ ended_at: work.now })
    .where('id', '=', placement)
    .where('ended_at', 'is', null)
    .execute();
}
