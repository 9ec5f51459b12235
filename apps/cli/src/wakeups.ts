/** Tells a loop when to look again: when something happened, and now and then in any case. */
export class Wakeups {
  private pending = true;
  private wake: (() => void) | undefined;

  constructor(
    private readonly everyMs: number,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.ring, { once: true });
  }

  readonly ring = (): void => {
    this.pending = true;
    this.wake?.();
  };

  /** Resolves at the next occasion; at once for what happened since the last call. False when it is all over. */
  async next(): Promise<boolean> {
    if (!this.pending && !this.signal.aborted) await this.rungOrLate();
    this.pending = false;
    return !this.signal.aborted;
  }

  private rungOrLate(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(finish, this.everyMs);
      function finish(): void {
        clearTimeout(timer);
        resolve();
      }
      this.wake = finish;
    });
  }
}
