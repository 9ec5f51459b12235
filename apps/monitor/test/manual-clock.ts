import type { Clock } from '@cloud-agency/runtime';

interface Task {
  due: number;
  readonly run: () => void;
  readonly every?: number;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  private readonly tasks = new Set<Task>();
  private set = 0;

  constructor(private time = 0) {}

  now(): number {
    return this.time + this.set;
  }

  /** Somebody sets the clock; timers do not notice. */
  step(ms: number): void {
    this.set += ms;
  }

  /** Time passes in which nothing can run: what fell due meanwhile runs with the next advance. */
  stall(ms: number): void {
    this.time += ms;
  }

  after(ms: number, run: () => void): () => void {
    return this.plan({ due: this.time + ms, run });
  }

  every(ms: number, run: () => void): () => void {
    return this.plan({ due: this.time + ms, run, every: ms });
  }

  /** Runs what falls due, one after the other, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    for (let task = this.next(until); task; task = this.next(until)) {
      this.time = Math.max(this.time, task.due);
      if (task.every === undefined) this.tasks.delete(task);
      else task.due += task.every;
      task.run();
      await new Promise(setImmediate);
    }
    this.time = until;
  }

  private plan(task: Task): () => void {
    this.tasks.add(task);
    return () => this.tasks.delete(task);
  }

  private next(until: number): Task | undefined {
    return [...this.tasks].filter((task) => task.due <= until).sort((a, b) => a.due - b.due)[0];
  }
}
