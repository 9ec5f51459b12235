import type { Interval } from '@cloud-agency/sla';
import type { Transaction } from 'kysely';
import type { Change } from '../assessor/assessor.js';
import type { MachinePast } from '../assessor/machine.js';
import type { TermPast } from '../assessor/term.js';
import type { Violation } from '../assessor/violation.js';
import type { DowntimeRow, MachineRow, MonitorTables, TermRow } from './tables.js';

/** Stores what an assessor wants remembered: of changes to the same thing, the last. Safe to repeat. */
export async function remember(
  transaction: Transaction<MonitorTables>,
  agreement: string,
  changes: readonly Change[],
): Promise<void> {
  const machines = new Map<string, MachineRow>();
  const downtime = new Map<string, DowntimeRow>();
  const terms = new Map<string, TermPast>();
  for (const { at, machines: changed, term } of changes) {
    for (const machine of changed) {
      machines.set(machine.resource, machineRow(agreement, machine));
      for (const outage of machine.down)
        downtime.set(`${machine.resource}/${String(outage.from)}`, downtimeRow(agreement, machine, outage, at));
    }
    if (term) terms.set(`${String(term.index)}/${term.resource ?? ''}`, term);
    if (term?.violation) await storeViolation(transaction, agreement, term, term.violation);
  }
  await storeMachines(transaction, [...machines.values()]);
  await storeDowntime(transaction, [...downtime.values()]);
  await storeTerms(
    transaction,
    [...terms.values()].map((term) => termRow(agreement, term)),
  );
  for (const term of terms.values()) if (term.state === 'undefined') await forgetTerm(transaction, agreement, term);
}

const termRow = (agreement: string, { index, resource, state, atRisk, identity }: TermPast): TermRow => ({
  agreement,
  guarantee: index,
  resource: resource ?? '',
  state,
  at_risk: atRisk,
  identity: identity ?? null,
});

/** What it had made of its samples: should it hold again one day, it begins anew. What is of another guarantee that has its place by now stays. */
async function forgetTerm(transaction: Transaction<MonitorTables>, agreement: string, term: TermPast): Promise<void> {
  await transaction
    .deleteFrom('checkpoint')
    .where('agreement', '=', agreement)
    .where('guarantee', '=', term.index)
    .where('resource', '=', term.resource ?? '')
    .where((row) => row.or([row('identity', 'is', null), row('identity', '=', term.identity ?? '')]))
    .execute();
}

async function storeViolation(
  transaction: Transaction<MonitorTables>,
  agreement: string,
  { index, resource }: TermPast,
  violation: Violation,
): Promise<void> {
  const row = { closed_at: violation.closedAt, content: JSON.stringify(violation) };
  await transaction
    .insertInto('violation')
    .values({
      id: violation.id,
      agreement,
      guarantee: index,
      resource: resource ?? '',
      opened_at: violation.openedAt,
      ...row,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
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
      conflict.columns(['agreement', 'guarantee', 'resource']).doUpdateSet((row) => ({
        state: row.ref('excluded.state'),
        at_risk: row.ref('excluded.at_risk'),
        identity: row.ref('excluded.identity'),
      })),
    )
    .execute();
}
