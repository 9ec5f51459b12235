/** The JSON rendering (GFD.226). Nothing beyond its members; arrays and `attributes` are there even when empty. */
import type { AttributeDefinition } from '../model/attribute.js';
import type { Action, Category, Kind, Mixin } from '../model/category.js';
import type { Entity, LinkRef } from '../model/entity.js';
import type { JsonValue } from '../model/json.js';
import type { Registry } from '../registry.js';

type JsonObject = Readonly<Record<string, JsonValue>>;

export function entityJson(entity: Entity, registry: Registry): JsonObject {
  return registry.isLink(entity.kind) ? linkJson(entity) : resourceJson(entity, registry);
}

/** Which members a collection has: those of a kind's collection follow from the kind, `mixed` has what there is. */
export type CollectionMembers = 'resources' | 'links' | 'mixed';

export function collectionJson(entities: readonly Entity[], registry: Registry, members: CollectionMembers): JsonObject {
  const shown = (ofLinks: boolean) =>
    entities.filter((entity) => registry.isLink(entity.kind) === ofLinks).map((entity) => entityJson(entity, registry));
  if (members === 'mixed') return { resources: shown(false), links: shown(true) };
  return { [members]: shown(members === 'links') };
}

export function categoriesJson(categories: readonly Category[]): JsonObject {
  return {
    kinds: categories.filter((category) => category.class === 'kind').map(kindJson),
    mixins: categories.filter((category) => category.class === 'mixin').map(mixinJson),
    actions: categories.filter((category) => category.class === 'action').map(actionJson),
  };
}

function resourceJson(entity: Entity, registry: Registry): JsonObject {
  const location = registry.locationOf(entity);
  return {
    kind: entity.kind,
    id: entity.id,
    ...named(entity),
    ...(entity.summary === undefined ? {} : { summary: entity.summary }),
    mixins: entity.mixins,
    attributes: entity.attributes,
    actions: entity.actions,
    links: entity.links.map((link) => inlineLinkJson(link, location, entity.kind)),
  };
}

function inlineLinkJson(link: LinkRef, source: string, sourceKind: string): JsonObject {
  return {
    kind: link.categories[0] ?? '',
    id: link.self.slice(link.self.lastIndexOf('/') + 1),
    mixins: link.categories.slice(1),
    attributes: link.attributes,
    source: { location: source, kind: sourceKind },
    target: { location: link.target, kind: link.rel },
  };
}

function linkJson(entity: Entity): JsonObject {
  const {
    'occi.core.source': source = '',
    'occi.core.target': target = '',
    'occi.core.source.kind': sourceKind,
    'occi.core.target.kind': targetKind,
    ...attributes
  } = entity.attributes;
  return {
    kind: entity.kind,
    id: entity.id,
    ...named(entity),
    mixins: entity.mixins,
    attributes,
    actions: entity.actions,
    source: { location: source, ...(sourceKind === undefined ? {} : { kind: sourceKind }) },
    target: { location: target, ...(targetKind === undefined ? {} : { kind: targetKind }) },
  };
}

const named = ({ title }: Entity): JsonObject => (title === undefined ? {} : { title });

const identified = (category: Category): JsonObject => ({
  term: category.term,
  scheme: category.scheme,
  title: category.title,
  attributes: Object.fromEntries(
    Object.entries(category.attributes).map(([name, definition]) => [name, definitionJson(definition)]),
  ),
});

const kindJson = (kind: Kind): JsonObject => ({
  ...identified(kind),
  actions: kind.actions,
  ...(kind.parent === undefined ? {} : { parent: kind.parent }),
  ...(kind.location === undefined ? {} : { location: kind.location }),
});

const mixinJson = (mixin: Mixin): JsonObject => ({
  ...identified(mixin),
  depends: mixin.depends,
  applies: mixin.applies,
  actions: mixin.actions,
  location: mixin.location,
});

const actionJson = (action: Action): JsonObject => identified(action);

const definitionJson = ({ mutable, required, type, pattern, default: preset, description }: AttributeDefinition): JsonObject => ({
  mutable,
  required,
  type,
  ...(pattern === undefined ? {} : { pattern }),
  ...(preset === undefined ? {} : { default: preset }),
  ...(description === undefined ? {} : { description }),
});
