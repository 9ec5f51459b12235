export interface RequestCount {
  readonly cloud: string;
  /** `RunInstances`, `POST /servers`, … */
  readonly action: string;
  readonly count: number;
}

/** How often each action has been asked of each cloud since the start. */
export class RequestCounts {
  private readonly counts = new Map<string, RequestCount>();

  add(cloud: string, action: string): void {
    const key = `${cloud} ${action}`;
    this.counts.set(key, { cloud, action, count: (this.counts.get(key)?.count ?? 0) + 1 });
  }

  list(): RequestCount[] {
    return [...this.counts.values()];
  }
}
