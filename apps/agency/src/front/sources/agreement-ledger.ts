import type { JsonValue } from '@cloud-agency/occi';
import { totalOf } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import type { LedgerRow } from '../../store/agreement-tables.js';
import type { AgencyTables } from '../../store/tables.js';

/** What an agreement's guarantees have come to, USD: credited to the client, to the provider, and the first less the second. */
export async function ledgerAttributes(
  tables: Kysely<AgencyTables>,
  agreement: string,
): Promise<Readonly<Record<string, JsonValue>>> {
  const rows = await tables
    .selectFrom('ledger')
    .selectAll()
    .where('agreement', '=', agreement)
    .orderBy('month')
    .orderBy('id')
    .execute();
  const [penalties, rewards] = [totalOf(rows, 'penalty'), totalOf(rows, 'reward')];
  return {
    'agency.agreement.penalties': penalties.toNumber(),
    'agency.agreement.rewards': rewards.toNumber(),
    'agency.agreement.balance': penalties.minus(rewards).toNumber(),
    'agency.agreement.ledger': rows.map(entry),
  };
}

const entry = ({ kind, term, of, resource, violation, month, amount, settled, reason }: LedgerRow): JsonValue => ({
  kind,
  term,
  of,
  resource,
  violation,
  month,
  amount: Number(amount),
  state: settled === 1 ? 'settled' : 'running',
  reason,
});

/** What is owed for each of these violations, in words. */
export async function penaltiesOf(
  tables: Kysely<AgencyTables>,
  violations: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (violations.length === 0) return new Map();
  const rows = await tables.selectFrom('ledger').selectAll().where('violation', 'in', violations).orderBy('month').execute();
  const said = new Map<string, string>();
  for (const { violation, amount, month, settled } of rows) {
    if (violation === null) continue;
    const words = `${amount} USD for ${month}${settled === 1 ? '' : ' so far'}`;
    const before = said.get(violation);
    said.set(violation, before === undefined ? words : `${before}; ${words}`);
  }
  return said;
}
