import { backAt, type Call, hasEnded, monthOf } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import { type AgreementRow, parsed, type ViolationRow } from '../store/tables.js';
import { settleAccounts, settleAfterMs } from './accounting.js';
import { lockedAgreement, standingOf } from './life.js';
import { adjustLevel } from './level.js';
import { Promised } from './promised.js';
import { sendWatch } from './watch.js';

/** How often amounts that grow with the charge are brought up to date, ms. */
const accountEveryMs = 60_000;

/**
 * Looks at an agreement after something happened to it, or its time has come: its assessment begins, its level follows its violations, its accounts
 * are brought up to date, and the next look is fixed. Safe to repeat.
 */
export async function review(work: Work, id: string): Promise<void> {
  const agreement = await lockedAgreement(work, id);
  if (!agreement) return;
  const call = await callOf(work, agreement);
  if (beginsNow(agreement, work.now)) await sendWatch(work, id);
  const adjusted =
    agreement.state === 'accepted' && (await adjustLevel(work, agreement, call, intervals(await violationsOf(work, id))));
  const current = adjusted ? await rowOf(work, id) : agreement;
  const violations = await violationsOf(work, id);
  const growing = await settleAccounts(work, current, call, violations);
  await work.tables
    .updateTable('agreement')
    .set({ next_at: nextLook(current, call, violations, growing, work.now) })
    .where('id', '=', id)
    .execute();
}

/** An agreement that was to begin later: until its first look after that instant no look was fixed beyond it. */
function beginsNow({ effective_from: begins, next_at }: AgreementRow, now: number): boolean {
  return begins !== null && next_at !== null && next_at <= begins && begins <= now;
}

function nextLook(
  agreement: AgreementRow,
  call: Call,
  violations: readonly ViolationRow[],
  growing: boolean,
  now: number,
): number | null {
  const { state, effective_from, effective_until } = agreement;
  if (state === 'pending' || hasEnded(state)) return null;
  const back = backAt(call, standingOf(agreement), intervals(violations));
  const instants = [
    effective_from !== null && effective_from > now ? effective_from : null,
    effective_until,
    state === 'accepted' && back !== undefined ? back : null,
    new Promised(call, parsed(agreement.former)).isWorth ? monthOf(now - settleAfterMs).until + settleAfterMs : null,
    growing ? now + accountEveryMs : null,
  ].filter((instant) => instant !== null);
  return instants.length === 0 ? null : Math.min(...instants);
}

const intervals = (violations: readonly ViolationRow[]) =>
  violations.map(({ opened, closed }) => ({ from: opened, until: closed }));

async function rowOf(work: Work, id: string): Promise<AgreementRow> {
  return await work.tables.selectFrom('agreement').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

async function callOf(work: Work, { cfp }: AgreementRow): Promise<Call> {
  const { call } = await work.tables.selectFrom('cfp').select('call').where('id', '=', cfp).executeTakeFirstOrThrow();
  return parsed(call);
}

async function violationsOf(work: Work, agreement: string): Promise<readonly ViolationRow[]> {
  return await work.tables.selectFrom('violation').selectAll().where('agreement', '=', agreement).execute();
}
