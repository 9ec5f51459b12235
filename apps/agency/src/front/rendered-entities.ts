import { type Entity, type Registry } from '@cloud-agency/occi';
import { entityTag } from './conditions.js';
import type { MarkedSource } from './marked-source.js';
import type { MediaType } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import type { FrontPorts } from './ports.js';
import { entityForms, rendered } from './rendering.js';

export interface RenderedEntity {
  readonly answer: Answer;
  readonly tag: string;
}

interface Kept extends RenderedEntity {
  readonly writes: number;
}

/** Answers kept at once, about 2 KB each. */
const most = 10_000;

/**
 * Entities as they are shown. Clients ask for the same one again and again to see whether it has changed, so an answer is kept as long as
 * nothing is written to the tables that it was made of.
 */
export class RenderedEntities {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly registry: Registry,
    private readonly writes: FrontPorts['writes'],
  ) {}

  /** `read` gets the entity. */
  async of(
    source: MarkedSource,
    { path, tenant }: FrontRequest,
    type: MediaType,
    read: () => Promise<Entity>,
  ): Promise<RenderedEntity> {
    if (!source.tables || !this.writes) return this.made(await read(), type);
    const key = `${tenant} ${type} ${path}`;
    // Taken before the entity is read: what is written while it is being read makes the answer old.
    const writes = this.writes.of(source.tables);
    const before = this.kept.get(key);
    if (before?.writes === writes) return before;
    const made = { ...this.made(await read(), type), writes };
    this.keep(key, made);
    return made;
  }

  private made(entity: Entity, type: MediaType): RenderedEntity {
    const answer = rendered(type, entityForms(entity, this.registry));
    return { answer: { ...answer, body: Buffer.from(answer.body) }, tag: entityTag(JSON.stringify(entity), type) };
  }

  /** The one that was made first goes first. */
  private keep(key: string, made: Kept): void {
    this.kept.delete(key);
    this.kept.set(key, made);
    const [oldest] = this.kept.keys();
    if (this.kept.size > most && oldest !== undefined) this.kept.delete(oldest);
  }
}
