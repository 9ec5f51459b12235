import { grouped } from '@cloud-agency/sla';
import type { Piece } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import type { Past } from '../assessor/assessor.js';
import type { MachinePast } from '../assessor/machine.js';
import type { TermPast } from '../assessor/term.js';
import type { Violation } from '../assessor/violation.js';
import { positionOf } from './sample-log.js';
import type { CheckpointRow, DowntimeRow, MachineRow, MonitorTables, TermRow, ViolationRow } from './tables.js';

/** So many agreements in one statement. */
export const agreementsAtOnce = 500;

/**
 * What is remembered of agreements. An outage that went on when the monitor ended is known up to its last commit; the time from then until the
 * first new measurement is unknown.
 */
export async function recall(tables: Kysely<MonitorTables>, agreements: readonly string[]): Promise<ReadonlyMap<string, Past>> {
  const { seenAt } = await positionOf(tables);
  const machines = byAgreement(
    await tables.selectFrom('machine').selectAll().where('agreement', 'in', agreements).where('left_at', 'is', null).execute(),
  );
  const downtime = byAgreement(
    await tables.selectFrom('downtime').selectAll().where('agreement', 'in', agreements).where('until_at', 'is', null).execute(),
  );
  const terms = byAgreement(await tables.selectFrom('term').selectAll().where('agreement', 'in', agreements).execute());
  const checkpoints = byAgreement(
    await tables.selectFrom('checkpoint').selectAll().where('agreement', 'in', agreements).execute(),
  );
  const violations = byAgreement(
    await tables
      .selectFrom('violation')
      .selectAll()
      .where('agreement', 'in', agreements)
      .where('closed_at', 'is', null)
      .execute(),
  );
  return new Map(
    agreements.map((agreement) => [
      agreement,
      {
        machines: machinesOf(machines.get(agreement) ?? [], downtime.get(agreement) ?? [], seenAt),
        terms: termsOf(terms.get(agreement) ?? [], checkpoints.get(agreement) ?? [], violations.get(agreement) ?? []),
      },
    ]),
  );
}

const byAgreement = <Row extends { readonly agreement: string }>(rows: readonly Row[]): Map<string, Row[]> =>
  grouped(rows, (row) => row.agreement);

function machinesOf(rows: readonly MachineRow[], downtime: readonly DowntimeRow[], seenAt: number): MachinePast[] {
  const outages = grouped(downtime, (row) => row.resource);
  return rows.map((row) => ({
    resource: row.resource,
    item: row.item,
    placement: row.placement,
    health: row.health,
    outage: row.outage === 1,
    from: row.joined_at,
    until: row.left_at,
    down: (outages.get(row.resource) ?? []).map(({ from_at: from, counted_until: counted }) => ({
      from,
      until: Math.max(from, counted, seenAt),
    })),
  }));
}

function termsOf(
  rows: readonly TermRow[],
  checkpoints: readonly CheckpointRow[],
  violations: readonly ViolationRow[],
): TermPast[] {
  const pieces = grouped(checkpoints, keyOf);
  const open = new Map(violations.map((row) => [keyOf(row), row]));
  const states = new Map(rows.map((row) => [keyOf(row), row]));
  const all = new Map([...checkpoints, ...rows].map((row) => [keyOf(row), row]));
  return [...all].map(([key, { guarantee: index, resource }]) => ({
    index,
    resource: resource || null,
    ...toldOf(states.get(key)),
    ...violationOf(open.get(key)),
    ...checkpointOf(pieces.get(key)),
  }));
}

const toldOf = (row: TermRow | undefined): Pick<TermPast, 'state' | 'atRisk' | 'identity'> =>
  row ? { state: row.state, atRisk: row.at_risk, ...identified(row) } : { state: 'undefined', atRisk: null };

const identified = ({ identity }: Pick<TermRow, 'identity'>): { identity?: string } => (identity === null ? {} : { identity });

const violationOf = (row: ViolationRow | undefined): Pick<TermPast, 'violation'> =>
  row ? { violation: JSON.parse(row.content) as Violation } : {};

const keyOf = ({ guarantee, resource }: Pick<TermRow, 'guarantee' | 'resource'>): string => `${String(guarantee)}/${resource}`;

/** Of the guarantee that stored one last: pieces of another that had its place may be left. */
function checkpointOf(rows: readonly CheckpointRow[] | undefined): Pick<TermPast, 'checkpoint'> {
  if (!rows) return {};
  const batch = Math.max(...rows.map((row) => row.batch));
  const { identity } = rows.find((row) => row.batch === batch) ?? { identity: null };
  // SQLite's driver gives an ArrayBuffer, PostgreSQL's a Buffer.
  const pieces: Piece[] = rows
    .filter((row) => row.identity === identity)
    .map(({ key, bytes }) => ({ key, bytes: new Uint8Array(bytes) }));
  return { checkpoint: { batch, pieces, ...identified({ identity }) } };
}
