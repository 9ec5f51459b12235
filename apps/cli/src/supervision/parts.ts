/** What runs, in the order in which it is to end: the front first, the bus after all that speak over it, the lock last. */
const endingOrder = ['agency', 'vendor-agents', 'monitor', 'testbed', 'bus', 'log', 'data directory'] as const;
export type PartName = (typeof endingOrder)[number];

/** A part that does not end in order by then is left to the end of this process, which its lifeline ties it to. */
const patienceMs = 5_000;

export class Parts {
  private readonly stops = new Map<PartName, () => Promise<void> | void>();

  add(name: PartName, stop: () => Promise<void> | void): void {
    this.stops.set(name, stop);
  }

  /** Ends them one after the other. @returns the names of those that did not end in order. */
  async stop(): Promise<readonly PartName[]> {
    const late: PartName[] = [];
    for (const name of endingOrder) {
      const stop = this.stops.get(name);
      this.stops.delete(name);
      if (stop && !(await endsInTime(stop))) late.push(name);
    }
    return late;
  }
}

async function endsInTime(stop: () => Promise<void> | void): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, patienceMs, false);
  });
  const ended = Promise.resolve(stop()).then(
    () => true,
    () => false,
  );
  const inTime = await Promise.race([ended, late]);
  clearTimeout(timer);
  return inTime;
}
