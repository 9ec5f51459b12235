/** When the condition `load < 50` of a guarantee holds, by definition: docs/guarantees.md, When it counts. */
export class BruteCondition {
  /** In the order in which they came; what comes late tells of the time from then on. */
  private readonly heard: { readonly machine: number; readonly at: number; readonly value: number; readonly from: number }[] = [];

  constructor(private readonly after: number) {}

  take(machine: number, at: number, value: number): string {
    const own = this.heard.filter((one) => one.machine === machine);
    if (!Number.isFinite(value)) return 'refused';
    if (own.some((one) => one.at >= at)) return 'late';
    this.heard.push({ machine, at, value, from: Math.max(at, ...this.heard.map(({ from }) => from)) });
    return 'kept';
  }

  holdsAt(at: number): boolean {
    const machines = new Set(this.heard.map(({ machine }) => machine));
    const values = [...machines].flatMap((machine) => {
      const last = this.heard.findLast((one) => one.machine === machine && one.from <= at);
      return last && at < last.at + this.after ? [last.value] : [];
    });
    return values.length > 0 && values.reduce((sum, value) => sum + value, 0) / values.length < 50;
  }

  /** When it may change. */
  get edges(): number[] {
    return this.heard.flatMap(({ at, from }) => [from, at + this.after]);
  }
}
