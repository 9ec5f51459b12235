/** So many times of a series are known one by one; what is older than these is told from no other sample any more. */
const mostKnown = 128;

export type Novelty = 'new' | 'doubled' | 'too-late';

/** When a series has samples, as far back as they may come late: so that each counts once, in whatever order they come. */
export class RecentTimes {
  /** Ascending. */
  private readonly times: number[] = [];

  /** `before`: up to when nothing more is taken, as after a restart. */
  constructor(private before = -Infinity) {}

  /** -Infinity: it has none. */
  get newest(): number {
    return this.times.at(-1) ?? this.before;
  }

  /** Notes a sample, and says whether it is a new one. */
  note(at: number): Novelty {
    if (at <= this.before) return at === this.before ? 'doubled' : 'too-late';
    const { times } = this;
    if (at > this.newest) times.push(at);
    else if (!this.insert(at)) return 'doubled';
    if (times.length > mostKnown) this.before = times.splice(0, mostKnown / 2).at(-1) ?? this.before;
    return 'new';
  }

  private insert(at: number): boolean {
    let place = this.times.length;
    while (place > 0 && (this.times[place - 1] ?? 0) > at) place -= 1;
    if (this.times[place - 1] === at) return false;
    this.times.splice(place, 0, at);
    return true;
  }
}
