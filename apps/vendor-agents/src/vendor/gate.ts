/** Lets so many run at once, the others in the order they came; how many that is may change meanwhile. */
export class Gate {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param most at least 1. */
  constructor(private readonly most: () => number) {}

  async pass<T>(run: () => Promise<T>): Promise<T> {
    if (this.running >= this.most()) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await run();
    } finally {
      this.running -= 1;
      this.letIn();
    }
  }

  private letIn(): void {
    while (this.running < this.most()) {
      const next = this.waiting.shift();
      if (!next) return;
      this.running += 1;
      next();
    }
  }
}
