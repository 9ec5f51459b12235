/** The penalties and rewards of agreements, in the ledger: running while their month goes on, settled when it is over. */
import {
  type Account,
  type Call,
  type Entry,
  type Guarantee,
  hasEnded,
  heldDuring,
  type Month,
  monthsOf,
  settle,
  without,
} from '@cloud-agency/sla';
import { chargesOf } from '../resources/charges.js';
import type { Work } from '../store/agency-store.js';
import { type AgreementRow, parsed, type ViolationRow } from '../store/tables.js';
import { Promised } from './promised.js';
import { remedy } from './terms.js';

/** Findings may come late: so long after its end a month is settled for good, ms. */
export const settleAfterMs = 3_600_000;

/**
 * Writes what an agreement's guarantees have come to, as far as time has gone; what is settled stays. Safe to repeat.
 * Resolves to whether an amount goes on growing.
 */
export async function settleAccounts(
  work: Work,
  agreement: AgreementRow,
  call: Call,
  violations: readonly ViolationRow[],
): Promise<boolean> {
  const from = agreement.settled_until ?? agreement.agreed_at;
  const promised = new Promised(call, parsed(agreement.former));
  if (from === null || !promised.isWorth) return false;
  const account = await accountOf(work, agreement, { call, promised, violations });
  const ended = hasEnded(agreement.state);
  let growing = false;
  for (const month of monthsOf({ from, until: work.now })) {
    const settled = ended || work.now >= month.until + settleAfterMs;
    const entries = settle(account, month, work.now);
    await write(work, agreement, { month, settled, entries, guarantees: account.guarantees });
    if (settled) await markSettled(work, agreement, month);
    else growing ||= entries.length > 0;
  }
  return growing;
}

interface Facts {
  readonly call: Call;
  readonly promised: Promised;
  readonly violations: readonly ViolationRow[];
}

async function accountOf(work: Work, agreement: AgreementRow, { call, promised, violations }: Facts): Promise<Account> {
  const [levels, suspensions] = [parsed(agreement.levels), parsed(agreement.suspensions)];
  const begins = agreement.effective_from ?? work.now;
  const fulfilled = parsed(agreement.terms).filter(({ state }) => state === 'fulfilled');
  return {
    guarantees: promised.all,
    violations: violations.map(({ id, guarantee, resource, opened, closed }) => {
      const { place, until } = promised.held(guarantee, opened);
      return { id, guarantee: place, resource, from: opened, until: closed ?? until };
    }),
    charges: await chargesOf(work.tables, agreement.id),
    kept: fulfilled.map(({ index, resource }) => ({
      guarantee: index,
      resource,
      during: without(
        heldDuring(call, levels, index).map((span) => ({ ...span, from: Math.max(span.from, begins, promised.since(index)) })),
        suspensions,
      ),
    })),
  };
}

interface Settlement {
  readonly month: Month;
  readonly settled: boolean;
  readonly entries: readonly Entry[];
  readonly guarantees: readonly Guarantee[];
}

async function write(work: Work, agreement: AgreementRow, { month, settled, entries, guarantees }: Settlement): Promise<void> {
  const { id: agreementId, tenant } = agreement;
  await work.tables
    .deleteFrom('ledger')
    .where('agreement', '=', agreementId)
    .where('month', '=', month.name)
    .where('settled', '=', 0)
    .execute();
  for (const entry of entries) {
    const guarantee = guarantees[entry.guarantee];
    if (!guarantee) continue;
    const { kind, guarantee: index, resource, violation, amount } = entry;
    await work.tables
      .insertInto('ledger')
      .values({
        id: [agreementId, month.name, kind, index, resource ?? '', violation ?? ''].join(':'),
        tenant,
        agreement: agreementId,
        kind,
        guarantee: index,
        term: guarantee.term,
        of: guarantee.of,
        resource,
        violation,
        month: month.name,
        amount,
        settled: settled ? 1 : 0,
        reason: reasonOf(kind, guarantee),
        updated_at: work.now,
      })
      .execute();
  }
}

function reasonOf(kind: Entry['kind'], { term, of, penalty }: Guarantee): string {
  const name = `${term.replaceAll('_', ' ')} of ${of}`;
  return kind === 'reward' || !penalty ? `${name} was kept all month` : `${name} was violated: ${remedy(penalty)}`;
}

async function markSettled(work: Work, { id }: AgreementRow, month: Month): Promise<void> {
  await work.tables.updateTable('agreement').set({ settled_until: month.until }).where('id', '=', id).execute();
}
