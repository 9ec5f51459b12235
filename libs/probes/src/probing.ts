import { reasonOf } from '@cloud-agency/errors';
import type { Clock } from '@cloud-agency/runtime';

export interface ProbeTask {
  /** Of the machine. Nothing else is asked, but the resolver that a probe of kind dns states. */
  readonly address: string;
  /** ms, for everything: the connection, the answer, the whole of its body. */
  readonly timeout: number;
  readonly clock: Pick<Clock, 'after' | 'now'>;
  readonly signal: AbortSignal;
}

/** What a probe found out. */
export interface Reading {
  readonly ok: boolean;
  /** Null when it failed: no answer has no response time. */
  readonly milliseconds: number | null;
  /** What was met, for a person. */
  readonly detail: string;
  /** How long the certificate that was shown is still valid, days; negative when it is not any more. */
  readonly certificateDays?: number;
}

/** What cannot be measured here, through no fault of the machine's: why, and what to do about it. */
export interface Unmeasured {
  readonly unmeasured: string;
}
export type Probed = Reading | Unmeasured;

/** Probes once. Whatever the machine does is a reading: it never throws. */
export type ProbeMeter<Ask> = (ask: Ask, task: ProbeTask) => Promise<Probed>;

export const failed = (detail: string): Reading => ({ ok: false, milliseconds: null, detail });

/** To the microsecond. */
export const answered = (milliseconds: number, detail: string): Reading => ({
  ok: true,
  milliseconds: Math.round(milliseconds * 1000) / 1000,
  detail,
});

/** A timeout that comes so much too late says nothing of the machine: its answer may lie unread, ms. */
const heldUpMs = 250;

/**
 * Runs one attempt to the reading that comes first: its own, the timeout, or the end of the task. `begin` starts it and returns how it is
 * broken off, which is also called when it is over.
 */
export async function attempt(
  { timeout, clock, signal }: Omit<ProbeTask, 'address'>,
  begin: (settle: (probed: Probed) => void) => () => void,
  late = `no answer within ${String(timeout)} ms`,
): Promise<Probed> {
  return await new Promise((resolve) => {
    const state = { settled: false, end: (): void => undefined };
    const settle = (probed: Probed): void => {
      if (state.settled) return;
      state.settled = true;
      callOff();
      signal.removeEventListener('abort', giveUp);
      state.end();
      resolve(probed);
    };
    const giveUp = (): void => {
      settle(failed('called off'));
    };
    const due = clock.now() + timeout;
    const callOff = clock.after(timeout, () => {
      const by = clock.now() - due;
      settle(by < heldUpMs ? failed(late) : { unmeasured: `whoever measures was held up itself, by ${String(by)} ms` });
    });
    signal.addEventListener('abort', giveUp);
    try {
      state.end = begin(settle);
      // It can be over before it returned.
      if (state.settled) state.end();
    } catch (error) {
      settle(failed(reasonOf(error)));
    }
  });
}
