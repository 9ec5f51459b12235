import type { Interval } from './interval.js';

/** Stretches of time in which something was so, in order; only the last may go on. */
export class Stretches {
  private list: Interval[];

  constructor(list: readonly Interval[] = []) {
    this.list = [...list];
  }

  get all(): readonly Interval[] {
    return this.list;
  }

  get isOpen(): boolean {
    return this.list.at(-1)?.until === null;
  }

  /** From an instant on it is so; what was so after that already is a part of it. */
  open(from: number): void {
    if (this.isOpen) return;
    let begins = from;
    for (let last = this.list.at(-1); last && (last.until ?? 0) >= begins; last = this.list.at(-1)) {
      begins = Math.min(begins, last.from);
      this.list.pop();
    }
    this.list.push({ from: begins, until: null });
  }

  close(until: number): void {
    const last = this.list.at(-1);
    if (last?.until !== null) return;
    if (until > last.from) this.list[this.list.length - 1] = { from: last.from, until };
    else this.list.pop();
  }

  /** Lets go of what was before an instant. */
  forget(before: number): void {
    const [first] = this.list;
    if (first && (first.until ?? Infinity) <= before)
      this.list = this.list.filter(({ until }) => until === null || until > before);
  }

  covers(at: number): boolean {
    return this.list.some(({ from, until }) => from <= at && (until === null || at < until));
  }
}
