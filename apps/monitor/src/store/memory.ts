import type { Interval } from '@cloud-agency/sla';
import type { Kysely, Transaction } from 'kysely';
import type { Changes, Past } from '../assessor/assessor.js';
import type { MachinePast } from '../assessor/machine.js';
import type { Sample, Watch } from '../assessor/sample.js';
import type { DowntimeRow, MachineRow, MeasurementRow, MonitorTables } from './tables.js';

/** How many failures of a machine are fetched to prove findings with. */
const failuresAtHand = 50;

/** Stores what an assessor wants remembered. Safe to repeat. */
export async function remember(transaction: Transaction<MonitorTables>, agreement: string, changes: Changes): Promise<void> {
  for (const machine of changes.machines) {
    await rememberMachine(transaction, agreement, machine);
    const latest = machine.down.at(-1);
    if (latest) await rememberDowntime(transaction, { agreement, resource: machine.resource }, latest, changes.at);
  }
  for (const { index: guarantee, resource, state } of changes.terms) {
    await transaction
      .insertInto('term')
      .values({ agreement, guarantee, resource: resource ?? '', state })
      .onConflict((conflict) => conflict.columns(['agreement', 'guarantee', 'resource']).doUpdateSet({ state }))
      .execute();
  }
}

async function rememberMachine(transaction: Transaction<MonitorTables>, agreement: string, machine: MachinePast): Promise<void> {
  const { resource, item, placement, health } = machine;
  const row: MachineRow = {
    agreement,
    resource,
    item,
    placement,
    health,
    outage: machine.outage ? 1 : 0,
    joined_at: machine.from,
    left_at: machine.until,
  };
  await transaction
    .insertInto('machine')
    .values(row)
    .onConflict((conflict) => conflict.columns(['agreement', 'resource']).doUpdateSet(row))
    .execute();
}

async function rememberDowntime(
  transaction: Transaction<MonitorTables>,
  of: Pick<DowntimeRow, 'agreement' | 'resource'>,
  { from, until }: Interval,
  now: number,
): Promise<void> {
  const end = { until_at: until, counted_until: until ?? now };
  await transaction
    .insertInto('downtime')
    .values({ ...of, from_at: from, ...end })
    .onConflict((conflict) => conflict.columns(['agreement', 'resource', 'from_at']).doUpdateSet(end))
    .execute();
}

/**
 * What is remembered of an agreement. An outage that went on when the monitor ended is known up to its last measurement, or as far as
 * something was told of it; the time from then until the first new measurement is unknown, and counts as nothing.
 */
export async function recall(tables: Kysely<MonitorTables>, watch: Watch, now: number): Promise<Past> {
  const { agreement } = watch;
  const reach = now - Math.max(0, ...watch.guarantees.map((guarantee) => guarantee.over));
  const machines = await tables
    .selectFrom('machine')
    .selectAll()
    .where('agreement', '=', agreement)
    .where((where) => where.or([where('left_at', 'is', null), where('left_at', '>', reach)]))
    .execute();
  const downtime = await tables
    .selectFrom('downtime')
    .selectAll()
    .where('agreement', '=', agreement)
    .where((where) => where.or([where('until_at', 'is', null), where('until_at', '>', reach)]))
    .orderBy('from_at')
    .execute();
  const terms = await tables.selectFrom('term').selectAll().where('agreement', '=', agreement).execute();
  const samples: Sample[] = [];
  const pasts: MachinePast[] = [];
  for (const machine of machines) {
    const down = downtime.filter((row) => row.resource === machine.resource);
    pasts.push(machinePast(machine, down, await lastSeen(tables, machine)));
    samples.push(...(await samplesOf(tables, watch, machine, now)));
  }
  return {
    machines: pasts,
    terms: terms.map((term) => ({ index: term.guarantee, resource: term.resource || null, state: term.state })),
    samples,
  };
}

function machinePast(row: MachineRow, downtime: readonly DowntimeRow[], seen: number): MachinePast {
  return {
    resource: row.resource,
    item: row.item,
    placement: row.placement,
    health: row.health,
    outage: row.outage === 1,
    from: row.joined_at,
    until: row.left_at,
    down: downtime.map((outage) => ({
      from: outage.from_at,
      until: outage.until_at ?? Math.max(outage.from_at, outage.counted_until, seen),
    })),
  };
}

async function lastSeen(tables: Kysely<MonitorTables>, { agreement, resource }: MachineRow): Promise<number> {
  const row = await tables
    .selectFrom('measurement')
    .select((select) => select.fn.max('at').as('at'))
    .where('agreement', '=', agreement)
    .where('resource', '=', resource)
    .executeTakeFirst();
  return row?.at ?? 0;
}

/** Oldest first: those in the window of a response time, and the newest failures. */
async function samplesOf(tables: Kysely<MonitorTables>, watch: Watch, machine: MachineRow, now: number): Promise<Sample[]> {
  const windows = watch.guarantees
    .filter(({ term, of }) => term === 'response_time' && of === machine.item)
    .map(({ over }) => over);
  const since = now - Math.max(0, ...windows);
  const measured = tables
    .selectFrom('measurement')
    .selectAll()
    .where('agreement', '=', watch.agreement)
    .where('resource', '=', machine.resource);
  const answers = await measured.where('ok', '=', 1).where('at', '>', since).execute();
  const failures = await measured.where('ok', '=', 0).orderBy('at', 'desc').limit(failuresAtHand).execute();
  return [...answers, ...failures].sort((a, b) => a.at - b.at).map(sample);
}

const sample = ({ resource, placement, probe, at, ok, milliseconds, detail }: MeasurementRow): Sample => ({
  resource,
  placement,
  probe,
  at,
  ok: ok === 1,
  milliseconds,
  detail,
});
