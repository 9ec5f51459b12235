import { json, type WebhookRow, type WebhookTest } from '../store/tables.js';
import type { Outcome } from './outcomes.js';

/** A webhook that has taken nothing for so long, ms, is disabled. */
const patienceMs = 5 * 24 * 3_600_000;
/** When something was last taken is noted no more often than this, ms. */
const noteEveryMs = 1_000;

type Standing = Pick<WebhookRow, 'state' | 'reason' | 'failures' | 'failing_since' | 'retrying'>;
type Change = Partial<Standing & Pick<WebhookRow, 'taken_at' | 'test'>>;

/**
 * What these outcomes, in their order, change in a webhook's row; nothing in one that goes on as it did. `more`: how many more deliveries wait for
 * another try than before.
 */
export function standingAfter(row: WebhookRow, outcomes: readonly Outcome[], more: number, now: number): Change {
  const test = outcomes.findLast(({ isTest }) => isTest);
  const told: Change = test ? { test: json(testResult(test, now)) } : {};
  const tries = outcomes.filter(({ isTest }) => !isTest);
  if (row.state === 'disabled' || tries.length === 0) return told;
  const hasTaken = tries.some(({ problem }) => problem === undefined);
  const taken: Change = hasTaken && now - (row.taken_at ?? 0) >= noteEveryMs ? { taken_at: now } : {};
  const after = judged(row, tries, row.retrying + more, now);
  return { ...told, ...taken, ...(isSame(row, after) ? {} : after) };
}

function judged(row: WebhookRow, tries: readonly Outcome[], retrying: number, now: number): Standing {
  const { failures, since } = failuresIn(row, tries, now);
  const off = reasonToDisable(tries, since, now);
  if (off !== undefined) return { state: 'disabled', reason: off, failures, failing_since: since, retrying: 0 };
  const isFailing = failures > 0 || retrying > 0;
  const problem = tries.findLast((one) => one.problem !== undefined)?.problem ?? row.reason;
  return {
    state: isFailing ? 'failing' : 'active',
    reason: isFailing ? problem : '',
    failures,
    failing_since: since,
    retrying: Math.max(0, retrying),
  };
}

/** In a row up to now, and since when. */
function failuresIn(row: WebhookRow, tries: readonly Outcome[], now: number): { failures: number; since: number | null } {
  const lastTaken = tries.findLastIndex(({ problem }) => problem === undefined);
  const failed = tries.length - 1 - lastTaken;
  if (lastTaken < 0) return { failures: row.failures + failed, since: row.failing_since ?? now };
  return { failures: failed, since: failed > 0 ? now : null };
}

function reasonToDisable(tries: readonly Outcome[], failingSince: number | null, now: number): string | undefined {
  if (tries.some(({ isGone }) => isGone)) return 'its receiver answered 410 Gone';
  return failingSince !== null && now - failingSince >= patienceMs ? 'it took nothing for 5 days' : undefined;
}

const isSame = (row: WebhookRow, after: Standing): boolean =>
  (['state', 'reason', 'failures', 'retrying'] as const).every((field) => row[field] === after[field]);

const testResult = ({ problem }: Outcome, now: number): WebhookTest => ({
  at: now,
  state: problem === undefined ? 'taken' : 'refused',
  message: problem ?? '',
});
