import { type Interval, windowLength, windowStart } from '@cloud-agency/sla';
import type { Kysely, Transaction } from 'kysely';
import { setImmediate } from 'node:timers/promises';
import type { Change, Past } from '../assessor/assessor.js';
import type { MachinePast } from '../assessor/machine.js';
import type { Sample, Watch } from '../assessor/sample.js';
import { grouped } from '../grouped.js';
import type { DowntimeRow, MachineRow, MeasurementRow, MonitorTables, TermRow } from './tables.js';

/** How many failures of a machine are fetched to prove findings with. */
const failuresAtHand = 50;

/** Stores what an assessor wants remembered: of changes to the same thing, the last. Safe to repeat. */
export async function remember(
  transaction: Transaction<MonitorTables>,
  agreement: string,
  changes: readonly Change[],
): Promise<void> {
  const machines = new Map<string, MachineRow>();
  const downtime = new Map<string, DowntimeRow>();
  const terms = new Map<string, TermRow>();
  for (const { at, machines: changed, term } of changes) {
    for (const machine of changed) {
      machines.set(machine.resource, machineRow(agreement, machine));
      for (const outage of machine.down)
        downtime.set(`${machine.resource}/${String(outage.from)}`, downtimeRow(agreement, machine, outage, at));
    }
    if (term)
      terms.set(`${String(term.index)}/${term.resource ?? ''}`, {
        agreement,
        guarantee: term.index,
        resource: term.resource ?? '',
        state: term.state,
      });
  }
  await storeMachines(transaction, [...machines.values()]);
  await storeDowntime(transaction, [...downtime.values()]);
  await storeTerms(transaction, [...terms.values()]);
}

const machineRow = (agreement: string, { resource, item, placement, health, outage, from, until }: MachinePast): MachineRow => ({
  agreement,
  resource,
  item,
  placement,
  health,
  outage: outage ? 1 : 0,
  joined_at: from,
  left_at: until,
});

const downtimeRow = (agreement: string, { resource }: MachinePast, { from, until }: Interval, at: number): DowntimeRow => ({
  agreement,
  resource,
  from_at: from,
  until_at: until,
  counted_until: until ?? at,
});

async function storeMachines(transaction: Transaction<MonitorTables>, rows: MachineRow[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction
    .insertInto('machine')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['agreement', 'resource']).doUpdateSet((row) => ({
        item: row.ref('excluded.item'),
        placement: row.ref('excluded.placement'),
        health: row.ref('excluded.health'),
        outage: row.ref('excluded.outage'),
        joined_at: row.ref('excluded.joined_at'),
        left_at: row.ref('excluded.left_at'),
      })),
    )
    .execute();
}

async function storeDowntime(transaction: Transaction<MonitorTables>, rows: DowntimeRow[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction
    .insertInto('downtime')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['agreement', 'resource', 'from_at'])
        .doUpdateSet((row) => ({ until_at: row.ref('excluded.until_at'), counted_until: row.ref('excluded.counted_until') })),
    )
    .execute();
}

async function storeTerms(transaction: Transaction<MonitorTables>, rows: TermRow[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction
    .insertInto('term')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['agreement', 'guarantee', 'resource']).doUpdateSet((row) => ({ state: row.ref('excluded.state') })),
    )
    .execute();
}

/**
 * What is remembered of an agreement. An outage that went on when the monitor ended is known up to its last measurement, or as far as
 * something was told of it; the time from then until the first new measurement is unknown, and counts as nothing.
 */
export async function recall(tables: Kysely<MonitorTables>, watch: Watch, now: number): Promise<Past> {
  const { agreement } = watch;
  const longest = Math.max(0, ...watch.guarantees.map(windowLength));
  const reach = windowStart(now, longest, watch.pauses ?? []);
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
  const outages = grouped(downtime, (row) => row.resource);
  const samples: Sample[] = [];
  const pasts: MachinePast[] = [];
  for (const machine of machines) {
    const seen = machine.outage === 1 ? await lastSeen(tables, machine) : 0;
    pasts.push(machinePast(machine, outages.get(machine.resource) ?? [], seen));
    samples.push(...(await samplesOf(tables, watch, machine, now)));
    await setImmediate();
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

/** Oldest first: those in the window of a response time, and in an outage the newest failures. */
async function samplesOf(tables: Kysely<MonitorTables>, watch: Watch, machine: MachineRow, now: number): Promise<Sample[]> {
  const measured = tables
    .selectFrom('measurement')
    .selectAll()
    .where('agreement', '=', watch.agreement)
    .where('resource', '=', machine.resource);
  const windows = watch.guarantees.filter(({ term, of }) => term === 'response_time' && of === machine.item).map(windowLength);
  const since = windowStart(now, Math.max(0, ...windows), watch.pauses ?? []);
  const answers = windows.length === 0 ? [] : await measured.where('ok', '=', 1).where('at', '>', since).execute();
  const failures =
    machine.outage === 0 ? [] : await measured.where('ok', '=', 0).orderBy('at', 'desc').limit(failuresAtHand).execute();
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
