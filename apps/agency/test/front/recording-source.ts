import type { Entity, EntityChange, EntityDraft } from '@cloud-agency/occi';
import type { EntityQuery, EntitySource } from '../../src/front/entity-source.js';

/** Takes whatever it is given, and remembers it as it came. */
export class RecordingSource implements EntitySource {
  readonly drafts: EntityDraft[] = [];
  readonly changes: EntityChange[] = [];
  readonly replacements: EntityChange[] = [];
  readonly calls: { id: string; action: string; attributes: object }[] = [];
  private readonly entities = new Map<string, Entity>();

  constructor(
    readonly kind: string,
    private readonly actions: readonly string[] = [],
  ) {}

  async list({ page }: EntityQuery): Promise<readonly Entity[]> {
    const all = [...this.entities.values()];
    return await Promise.resolve(page ? all.slice((page.number - 1) * page.size, page.number * page.size) : all);
  }

  async get(id: string): Promise<Entity | undefined> {
    return await Promise.resolve(this.entities.get(id));
  }

  async create(draft: EntityDraft): Promise<Entity> {
    this.drafts.push(draft);
    const { kind, mixins, attributes } = draft;
    const entity = { kind, id: String(this.drafts.length), mixins, attributes, actions: this.actions, links: [] };
    this.entities.set(entity.id, entity);
    return await Promise.resolve(entity);
  }

  async update(id: string, change: EntityChange): Promise<void> {
    this.changes.push(change);
    const entity = await this.get(id);
    if (entity)
      this.entities.set(id, {
        ...entity,
        mixins: [...new Set([...entity.mixins, ...change.mixins])],
        attributes: { ...entity.attributes, ...change.attributes },
      });
  }

  async replace(id: string, whole: EntityChange): Promise<void> {
    this.replacements.push(whole);
    const entity = await this.get(id);
    if (entity) this.entities.set(id, { ...entity, mixins: whole.mixins, attributes: whole.attributes });
  }

  async remove(id: string): Promise<void> {
    this.entities.delete(id);
    await Promise.resolve();
  }

  async act(id: string, action: string, attributes: object): Promise<Entity> {
    this.calls.push({ id, action, attributes });
    const entity = await this.get(id);
    if (!entity) throw new Error(`There is no ${id}.`);
    return entity;
  }
}
