/** The service level of an agreement: which of its guarantees hold now, and its changes. */
import { agreedLevel, type Call, guaranteesAt, type Interval, levelAfter, type Numbered } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import { type AgreementRow, json, parsed } from '../store/tables.js';
import { closeViolations } from './closing-violations.js';
import { standingOf } from './life.js';
import { initialTerms } from './terms.js';
import { sendWatch } from './watch.js';

/** Whether a guarantee holds at the agreement's present level: what the monitor found of another is history. */
export function holds(agreement: AgreementRow, call: Call, index: number): boolean {
  return guaranteesAt(call, standingOf(agreement).level).some((held) => held.index === index);
}

/** Brings the agreement to the level that its violations leave it. True when that is another one. */
export async function adjustLevel(
  work: Work,
  agreement: AgreementRow,
  call: Call,
  violations: readonly Interval[],
): Promise<boolean> {
  const before = standingOf(agreement);
  const after = levelAfter(call, before, violations, work.now);
  if (after.level === before.level) return false;
  await exchangeTerms(work, agreement, guaranteesAt(call, after.level));
  await work.tables
    .updateTable('agreement')
    .set({ levels: json([...parsed(agreement.levels), after]) })
    .where('id', '=', agreement.id)
    .execute();
  await sendWatch(work, agreement.id);
  await announce(work, agreement, call, after.level);
  return true;
}

/** Terms that hold no more go, and their violations end; those that hold anew are not known yet. */
async function exchangeTerms(work: Work, agreement: AgreementRow, held: readonly Numbered[]): Promise<void> {
  const indexes = held.map(({ index }) => index);
  const kept = parsed(agreement.terms).filter(({ index }) => indexes.includes(index));
  const resources = await work.tables
    .selectFrom('resource')
    .select(['id', 'item'])
    .where('agreement', '=', agreement.id)
    .where('state', '!=', 'deleted')
    .execute();
  const added = initialTerms(
    held.filter(({ index }) => kept.every((term) => term.index !== index)),
    resources,
  );
  await work.tables
    .updateTable('agreement')
    .set({ terms: json([...kept, ...added].sort((a, b) => a.index - b.index)) })
    .where('id', '=', agreement.id)
    .execute();
  await closeViolations(work, agreement.id, (where) => where('guarantee', 'not in', indexes));
}

async function announce(work: Work, agreement: AgreementRow, { fallback }: Call, level: string): Promise<void> {
  const restored = level === agreedLevel;
  await work.record({
    type: restored ? 'sla.restored' : 'sla.degraded',
    tenant: agreement.tenant,
    subject: `/agreement/${agreement.id}`,
    cfp: agreement.cfp,
    agreement: agreement.id,
    message: restored
      ? `Agreement for ${agreement.name} is back at its agreed level: nothing was violated long enough.`
      : `Agreement for ${agreement.name} has fallen back to its level ${level}: it was violated ${String(fallback?.after.times)} times too fast.`,
    data: { agreement: agreement.id, level },
  });
}
