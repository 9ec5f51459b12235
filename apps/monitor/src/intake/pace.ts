export interface PaceOptions {
  /** Within about so long all that waits has its turn, ms. */
  readonly withinMs: number;
  readonly fewestAtOnce: number;
  /** After a rest much is due at once. What is found waits for the commit, so that much goes along with one, and the others follow. */
  readonly mostAtOnce: number;
}

/** How many of those that wait to be stored go along with each commit, so that storing them holds nothing up. */
export class Pace {
  private askedAt: number | undefined;
  /** So many more are due than have been asked for. */
  private owed = 0;
  private hurrying = false;

  constructor(
    private readonly now: () => number,
    private readonly options: PaceOptions,
  ) {}

  /** Whether more are due than the last share. */
  get isOwing(): boolean {
    return this.owed > 0;
  }

  /** From now on all that waits is due. */
  hurry(): void {
    this.hurrying = true;
  }

  /** Of so many that wait. */
  share(waiting: number): number {
    if (this.hurrying) return waiting;
    const { withinMs, fewestAtOnce, mostAtOnce } = this.options;
    const now = this.now();
    const elapsed = Math.max(0, now - (this.askedAt ?? now));
    this.askedAt = now;
    const due = Math.min(waiting, this.owed + Math.max(fewestAtOnce, Math.ceil((waiting * elapsed) / withinMs)));
    const share = Math.min(due, mostAtOnce);
    this.owed = due - share;
    return share;
  }
}
