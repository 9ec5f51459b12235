import type { Disk } from '../../cloud/disk.js';

/** Things of this face's own, of one kind: on disk before anything is answered. */
export class KeptThings<Thing extends { readonly id: string; readonly cloud: string }> {
  private readonly things: Map<string, Thing>;

  constructor(
    private readonly disk: Disk,
    private readonly kind: string,
  ) {
    this.things = new Map(disk.kept<Thing>(kind).map((thing) => [thing.id, thing]));
  }

  of(cloud: string): Thing[] {
    return [...this.things.values()].filter((thing) => thing.cloud === cloud);
  }

  get(cloud: string, id: string): Thing | undefined {
    const thing = this.things.get(id);
    return thing?.cloud === cloud ? thing : undefined;
  }

  save(thing: Thing): Thing {
    this.disk.keep(this.kind, thing);
    this.things.set(thing.id, thing);
    return thing;
  }

  forget({ id }: Thing): void {
    this.disk.forget(this.kind, id);
    this.things.delete(id);
  }
}
