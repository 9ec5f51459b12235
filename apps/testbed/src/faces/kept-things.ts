import type { Disk } from '../cloud/disk.js';

/** Things that a face keeps beside what every cloud has, by their ids: each is on disk when `save` returns. */
export class KeptThings<Thing extends { readonly id: string }> {
  private readonly things: Map<string, Thing>;

  /** @param kind what the disk calls them: no other face's word. */
  constructor(
    private readonly disk: Disk,
    private readonly kind: string,
  ) {
    this.things = new Map(disk.kept<Thing>(kind).map((thing) => [thing.id, thing]));
  }

  all(): Thing[] {
    return [...this.things.values()];
  }

  get(id: string): Thing | undefined {
    return this.things.get(id);
  }

  save(thing: Thing): Thing {
    this.disk.keep(this.kind, thing);
    this.things.set(thing.id, thing);
    return thing;
  }

  /** Lets go of those that are of no use any more. */
  forget(isUseless: (thing: Thing) => boolean): void {
    for (const thing of this.all().filter(isUseless)) {
      this.disk.forget(this.kind, thing.id);
      this.things.delete(thing.id);
    }
  }
}
