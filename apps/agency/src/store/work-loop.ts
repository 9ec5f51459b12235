import type { AppContext } from '@cloud-agency/runtime';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AgencyStore } from './agency-store.js';
import type { AgencyTables } from './tables.js';

export interface WorkLoopOptions {
  /** What it works on, for the log. */
  readonly name: string;
  /** The tables that `due` reads: a commit that wrote to none of them is no reason to look. */
  readonly reads: readonly (keyof AgencyTables)[];
  /** Ids of rows that something has to be done about now. */
  readonly due: (now: number) => Promise<readonly string[]>;
  /** Does the next thing about one row and stores it; to be safe to repeat, because a crash repeats it. */
  readonly step: (id: string) => Promise<void>;
  /** How many rows at once. */
  readonly width?: () => number;
  /** How often rows are looked for that wait for a time, or are another process's, ms; 250 unless told otherwise. */
  readonly lookAgainMs?: number;
}

const usualLookAgainMs = 250;
/** A row whose step failed is left alone for so long, ms. */
const retryAfterMs = 1_000;

/** Drives stored state machines: looks for due rows after every commit and now and then, and steps each, never one row twice at a time. */
export class WorkLoop {
  private readonly inHand = new Map<string, Promise<void>>();
  private readonly resting = new Set<string>();
  private looking = false;
  private lookAgain = false;
  private stopped = false;
  /** What `reads` had been written to when it looked last. */
  private seen: number | undefined;
  private readonly endings: (() => void)[] = [];

  constructor(
    private readonly store: AgencyStore,
    private readonly context: Pick<AppContext, 'clock' | 'log'>,
    private readonly options: WorkLoopOptions,
  ) {
    const look = (): void => {
      void this.look();
    };
    const lookIfWritten = (): void => {
      if (this.seen === undefined || this.seen !== this.writes()) look();
    };
    this.endings.push(store.onCommit(lookIfWritten), context.clock.every(options.lookAgainMs ?? usualLookAgainMs, look));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const end of this.endings) end();
    await Promise.all(this.inHand.values());
  }

  private async look(): Promise<void> {
    this.lookAgain = true;
    if (this.looking) return;
    this.looking = true;
    try {
      while (this.lookAgain && !this.stopped) {
        this.lookAgain = false;
        this.seen = this.writes();
        for (const id of await this.options.due(this.context.clock.now())) this.take(id);
      }
    } catch (error) {
      if (!this.stopped)
        this.context.log.error({ err: error }, `Looking for ${this.options.name} to work on failed; it is tried again`);
    } finally {
      this.looking = false;
    }
  }

  /** Undefined where others write as well. */
  private writes(): number | undefined {
    return this.store.writes?.of(this.options.reads);
  }

  private take(id: string): void {
    if (this.stopped || this.inHand.has(id) || this.resting.has(id) || this.inHand.size >= (this.options.width?.() ?? 16)) return;
    // The store answers within the same turn of the event loop, so without this a long queue would keep out everything else.
    const step = nextTurn()
      .then(() => this.options.step(id))
      .catch((error: unknown) => {
        this.context.log.error({ err: error, id }, `Working on a ${this.options.name} failed; it is tried again`);
        this.rest(id);
      })
      .finally(() => {
        this.inHand.delete(id);
        void this.look();
      });
    this.inHand.set(id, step);
  }

  private rest(id: string): void {
    this.resting.add(id);
    this.context.clock.after(retryAfterMs, () => {
      this.resting.delete(id);
    });
  }
}
