import type { Clock } from '@cloud-agency/runtime';

interface Task {
  due: number;
  readonly run: () => void;
  readonly every: number | undefined;
}

/** A clock that runs through days in a moment: what falls due is run, in order, without waiting for what comes of it. */
export class FastClock implements Clock {
  private readonly tasks = new Set<Task>();
  private set = 0;

  constructor(private time: number) {}

  now(): number {
    return this.time + this.set;
  }

  /** Somebody sets the clock; timers do not notice. */
  step(ms: number): void {
    this.set += ms;
  }

  after(ms: number, run: () => void): () => void {
    return this.plan({ due: this.time + ms, run, every: undefined });
  }

  every(ms: number, run: () => void): () => void {
    return this.plan({ due: this.time + ms, run, every: ms });
  }

  run(ms: number): void {
    const until = this.time + ms;
    for (let task = this.earliest(); task && task.due <= until; task = this.earliest()) {
      this.time = task.due;
      if (task.every === undefined) this.tasks.delete(task);
      else task.due += task.every;
      task.run();
    }
    this.time = until;
  }

  private plan(task: Task): () => void {
    this.tasks.add(task);
    return () => this.tasks.delete(task);
  }

  private earliest(): Task | undefined {
    let first: Task | undefined;
    for (const task of this.tasks) if (!first || task.due < first.due) first = task;
    return first;
  }
}
