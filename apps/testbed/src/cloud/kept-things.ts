import type { Disk } from './disk.js';

/** Things of one kind that a face keeps beside what the clouds themselves are made of: on disk before anything is answered. */
export class KeptThings<Thing extends { readonly id: string }> {
  private readonly things: Map<string, Thing>;

  /** @param kind what the disk calls them: a name that no other face uses. */
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

  forget({ id }: Pick<Thing, 'id'>): void {
    this.disk.forget(this.kind, id);
    this.things.delete(id);
  }
}
