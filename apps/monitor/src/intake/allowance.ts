export interface AllowanceOptions {
  /** How many samples a second may come for long. */
  readonly perSecond: number;
  /** How many may come at once after a silence. */
  readonly atOnce: number;
}

/** How many samples one resource may send: so many at once, and so many a second for long (a token bucket). */
export class Allowance {
  private left: number;
  private countedAt: number | undefined;

  constructor(private readonly options: AllowanceOptions) {
    this.left = options.atOnce;
  }

  /** Whether one more may come. A clock that runs backwards gives nothing. */
  spend(now: number): boolean {
    const { perSecond, atOnce } = this.options;
    const elapsed = Math.max(0, now - (this.countedAt ?? now));
    this.countedAt = now;
    this.left = Math.min(atOnce, this.left + (elapsed * perSecond) / 1_000);
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
