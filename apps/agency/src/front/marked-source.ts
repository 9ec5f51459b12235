import { AgencyError } from '@cloud-agency/errors';
import type { Entity, EntityChange, EntityDraft, Registry } from '@cloud-agency/occi';
import type { Marks } from '../tags/views.js';
import type { Tags } from '../tags/tags.js';
import type { EntitySource } from './entity-source.js';

/** A source whose entities carry what their tenant says about them: tags, titles and summaries, whatever the kind. */
export interface MarkedSource extends Omit<EntitySource, 'update' | 'replace'> {
  /** @throws AgencyError unsupported when the source behind cannot change what shall change. */
  update(current: Entity, change: EntityChange, tenant: string): Promise<void>;
  replace(current: Entity, whole: EntityChange, tenant: string): Promise<void>;
}

/** The source with its tags; `isTag` tells a client's mixins from the Agency's own. */
export function marked(source: EntitySource, tags: Tags, registry: Registry, isTag: (id: string) => boolean): MarkedSource {
  const shown = async (entities: readonly Entity[], tenant: string): Promise<readonly Entity[]> => {
    const locations = entities.map((entity) => registry.locationOf(entity));
    const marks = await tags.marks(locations, tenant);
    if (marks.size === 0) return entities;
    return entities.map((entity, index) => withMarks(entity, marks.get(locations[index] ?? ''), isTag));
  };
  const showOne = async (entity: Entity, tenant: string): Promise<Entity> => (await shown([entity], tenant))[0] ?? entity;
  const [create, act, remove] = [source.create?.bind(source), source.act?.bind(source), source.remove?.bind(source)];
  return {
    kind: source.kind,
    ...(source.tables && { tables: [...source.tables, 'label', 'tagged'] }),
    ...besides(source),
    ...(source.isSettled && { isSettled: source.isSettled.bind(source) }),
    list: async (query) => await shown(await source.list(query), query.tenant),
    get: async (id, tenant) => {
      const entity = await source.get(id, tenant);
      return entity && (await showOne(entity, tenant));
    },
    ...(act && {
      act: async (id, action, attributes, tenant) => {
        const after = await act(id, action, attributes, tenant);
        return 'class' in after ? after : await showOne(after, tenant);
      },
    }),
    ...(remove && {
      remove: async (id, tenant) => {
        await remove(id, tenant);
        await tags.forget([registry.locationOf({ kind: source.kind, id })], tenant);
      },
    }),
    ...(create && {
      create: async (draft: EntityDraft, tenant: string) => {
        const entity = await create({ ...draft, mixins: draft.mixins.filter((id) => !isTag(id)) }, tenant);
        const label = {
          ...(draft.title === undefined || draft.title === entity.title ? {} : { title: draft.title }),
          ...(draft.summary === undefined ? {} : { summary: draft.summary }),
        };
        const own = draft.mixins.filter(isTag);
        if (own.length === 0 && Object.keys(label).length === 0) return entity;
        await tags.mark(registry.locationOf(entity), { tags: own, all: false, label }, tenant);
        return await showOne(entity, tenant);
      },
    }),
    update: async (current, change, tenant) => {
      const { title, summary, ...rest } = change;
      const own = { ...rest, mixins: rest.mixins.filter((id) => !isTag(id)), links: newLinks(current, change) };
      if (source.update) await source.update(current.id, own, tenant);
      else assertNothing(current, own, registry);
      const label = { ...(title === undefined ? {} : { title }), ...(summary === undefined ? {} : { summary }) };
      await tags.mark(registry.locationOf(current), { tags: change.mixins.filter(isTag), all: false, label }, tenant);
    },
    replace: async (current, whole, tenant) => {
      const own = { ...whole, mixins: whole.mixins.filter((id) => !isTag(id)), links: [] };
      if (source.replace) await source.replace(current.id, own, tenant);
      else assertNothing(current, own, registry);
      const label = { title: whole.title ?? null, summary: whole.summary ?? null };
      await tags.mark(registry.locationOf(current), { tags: whole.mixins.filter(isTag), all: true, label }, tenant);
    },
  };
}

/** What is shown of an entity beside itself carries no marks. */
const besides = ({ documents, parts }: EntitySource): Pick<MarkedSource, 'documents' | 'parts'> => ({
  ...(documents && { documents }),
  ...(parts && { parts }),
});

function withMarks(entity: Entity, marks: Marks | undefined, isTag: (id: string) => boolean): Entity {
  if (!marks) return entity;
  return {
    ...entity,
    ...(marks.title === null ? {} : { title: marks.title }),
    ...(marks.summary === null ? {} : { summary: marks.summary }),
    mixins: [...entity.mixins, ...marks.tags.filter(isTag)],
  };
}

/** Links that a client repeats stay as they are. Two to the same target differ by their categories, as the collectors of a sensor do. */
const newLinks = (current: Entity, { links }: EntityChange): EntityChange['links'] =>
  links.filter(({ self, target, categories }) =>
    current.links.every((link) =>
      self === '' ? link.target !== target || categories.some((id) => !link.categories.includes(id)) : link.self !== self,
    ),
  );

function assertNothing(current: Entity, { attributes, mixins, links }: EntityChange, registry: Registry): void {
  const changed = [
    ...Object.keys(attributes).filter((name) => JSON.stringify(attributes[name]) !== JSON.stringify(current.attributes[name])),
    ...mixins.filter((id) => !current.mixins.includes(id)),
    ...links.map(({ target }) => `a link to ${target}`),
  ];
  if (changed.length === 0) return;
  throw new AgencyError('unsupported', {
    path: registry.locationOf(current),
    message: `${changed.join(', ').slice(0, 500)} cannot be changed. Title, summary and a client's own mixins can.`,
  });
}
