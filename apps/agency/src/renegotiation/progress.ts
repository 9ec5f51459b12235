import type { Kysely } from 'kysely';
import { standing } from '../resources/placements.js';
import type { Move, RenegotiationRow } from '../store/renegotiation-tables.js';
import { type AgencyTables, parsed, type PlacementRow } from '../store/tables.js';

/** A move that brings a machine. */
export type Arrival = Exclude<Move, { readonly do: 'release' }>;

export const arrivals = (moves: readonly Move[]): readonly Arrival[] =>
  moves.flatMap((move) => (move.do === 'release' ? [] : [move]));

/** How far the machines of a renegotiation are. One that its client has deleted meanwhile is wanted no more. */
export interface Progress {
  /** Verified. */
  readonly arrived: readonly PlacementRow[];
  /** On their way. */
  readonly coming: readonly PlacementRow[];
  readonly failed: readonly { readonly move: Arrival; readonly why: string }[];
}

export async function progressOf(
  tables: Kysely<AgencyTables>,
  { id, moves }: Pick<RenegotiationRow, 'id' | 'moves'>,
): Promise<Progress> {
  const placements = await orderedBy(tables, id);
  const wanted = await wantedAmong(
    tables,
    placements.map(({ resource }) => resource),
  );
  const arriving = arrivals(parsed(moves)).filter(({ resource }) => resource !== null && wanted.has(resource));
  const found = arriving.map((move) => ({ move, placement: placements.find(({ id: own }) => own === move.placement) }));
  const inState = (fits: (placement: PlacementRow) => boolean): readonly PlacementRow[] =>
    found.flatMap(({ placement }) => (placement && fits(placement) ? [placement] : []));
  return {
    arrived: inState(({ state }) => state === 'active'),
    coming: inState(({ state }) => state !== 'active' && standing.includes(state)),
    failed: found.flatMap(({ move, placement }) =>
      placement && standing.includes(placement.state)
        ? []
        : [{ move, why: placement ? `${placement.reason ?? placement.state}: ${placement.message}` : 'not ordered' }],
    ),
  };
}

/** All that it has ordered, failed ones too. */
export async function orderedBy(tables: Kysely<AgencyTables>, renegotiation: string): Promise<readonly PlacementRow[]> {
  return await tables
    .selectFrom('placement')
    .selectAll()
    .where('renegotiation', '=', renegotiation)
    .orderBy('requested_at')
    .orderBy('id')
    .execute();
}

async function wantedAmong(tables: Kysely<AgencyTables>, resources: readonly string[]): Promise<ReadonlySet<string>> {
  if (resources.length === 0) return new Set();
  const rows = await tables
    .selectFrom('resource')
    .select('id')
    .where('id', 'in', resources)
    .where('state', '!=', 'deleted')
    .execute();
  return new Set(rows.map(({ id }) => id));
}
