import type { Clock, Log } from '@cloud-agency/runtime';
import type { Disk } from './disk.js';

/** Where in the simulated world a thing is. */
export interface Place {
  readonly cloud: string;
  readonly region: string;
}

/** A thing that a cloud keeps. Times are milliseconds since 1970. */
export interface Kept extends Place {
  /** The vendor's own identifier. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The change under way: what it ends in, and when. */
  readonly change: { readonly to: string; readonly at: number } | null;
}

export interface ShelfParts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
}

/** All things of one kind: on disk before anything is answered, and carried through their changes, over a restart too. */
export class Shelf<Thing extends Kept> {
  private readonly things = new Map<string, Thing>();
  private readonly timers = new Map<string, () => void>();

  /**
   * @param kind what the disk calls them.
   * @param settle what a thing is once its change has ended; null: it is gone.
   */
  constructor(
    private readonly kind: string,
    private readonly parts: ShelfParts,
    private readonly settle: (thing: Thing) => Thing | null,
  ) {
    for (const thing of parts.disk.kept<Thing>(kind)) {
      this.things.set(thing.id, thing);
      this.schedule(thing);
    }
  }

  all(): Thing[] {
    return [...this.things.values()];
  }

  in({ cloud, region }: Place): Thing[] {
    return this.all().filter((thing) => thing.cloud === cloud && thing.region === region);
  }

  get({ cloud, region }: Place, id: string): Thing | undefined {
    const thing = this.things.get(id);
    return thing?.cloud === cloud && thing.region === region ? thing : undefined;
  }

  save(thing: Thing): Thing {
    this.parts.disk.keep(this.kind, thing);
    this.things.set(thing.id, thing);
    this.schedule(thing);
    return thing;
  }

  /** Gives it these labels and no others. */
  relabel(thing: Thing, labels: Readonly<Record<string, string>>): void {
    this.save({ ...thing, labels });
  }

  forget({ id }: Thing): void {
    this.calm(id);
    this.parts.disk.forget(this.kind, id);
    this.things.delete(id);
  }

  close(): void {
    for (const id of [...this.timers.keys()]) this.calm(id);
  }

  private calm(id: string): void {
    this.timers.get(id)?.();
    this.timers.delete(id);
  }

  private schedule({ id, change }: Thing): void {
    this.calm(id);
    if (change === null) return;
    const ms = Math.max(0, change.at - this.parts.clock.now());
    this.timers.set(
      id,
      this.parts.clock.after(ms, () => {
        this.end(id);
      }),
    );
  }

  private end(id: string): void {
    const thing = this.things.get(id);
    if (!thing) return;
    try {
      const settled = this.settle(thing);
      if (settled === null) this.forget(thing);
      else this.save(settled);
    } catch (error) {
      this.parts.log.error({ kind: this.kind, id, error: String(error) }, 'A simulated thing could not change its state');
    }
  }
}
