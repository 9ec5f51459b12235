/** Does tasks side by side, so many at most, and those of one lane one after the other. */
export class Lanes {
  private readonly ends = new Map<string, Promise<void>>();
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly most: number) {}

  get areFull(): boolean {
    return this.running.size >= this.most;
  }

  /** A task must not reject. */
  begin(lane: string, task: () => Promise<void>): void {
    const before = this.ends.get(lane);
    const own = (before ? before.then(task) : task()).finally(() => {
      this.running.delete(own);
      if (this.ends.get(lane) === own) this.ends.delete(lane);
    });
    this.ends.set(lane, own);
    this.running.add(own);
  }

  /** Resolves once there is room for another task. */
  async room(): Promise<void> {
    while (this.areFull) await Promise.race(this.running);
  }

  /** Resolves once all that was begun is done. */
  async done(): Promise<void> {
    await Promise.all(this.running);
  }
}
