import { categoryId } from '../model/category.js';
import type { ActionCall, Entity, EntityChange, LinkRef } from '../model/entity.js';
import type { JsonValue } from '../model/json.js';
import type { Registry } from '../registry.js';
import { array, attributes, invalid, type Members, members, missing, onlyMembers, text, textIn, texts } from './json-members.js';

const common = ['kind', 'id', 'title', 'mixins', 'attributes', 'actions'];
const resourceMembers = [...common, 'summary', 'links'];
const linkMembers = [...common, 'source', 'target'];

/** One entity (GFD.226). @throws AgencyError invalid-request saying which member is wrong; not-found for a category that does not exist. */
export function entityFromJson(value: unknown, registry: Registry): Entity {
  const { kind, id = '', ...rest } = changeFromJson(value, registry);
  return { ...rest, kind: kind ?? missing('kind', entity), id, actions: texts(members(value, entity), 'actions', entity) };
}

/** What a JSON rendering says of an entity, which may be a part of it. @throws AgencyError invalid-request, not-found. */
export function changeFromJson(value: unknown, registry: Registry): EntityChange {
  const source = members(value, entity);
  const kind = kindIn(source, registry);
  const isLink = kind === undefined ? 'source' in source || 'target' in source : registry.isLink(kind);
  onlyMembers(source, isLink ? linkMembers : resourceMembers, entity);
  const { core, rest } = named(source, attributes(source, entity));
  const ends = isLink ? endsOf(source, kind !== undefined && !('occi.core.target' in rest)) : {};
  return {
    ...(kind === undefined ? {} : { kind }),
    ...core,
    mixins: texts(source, 'mixins', entity).map((name) => categoryId(registry.get(name))),
    attributes: { ...rest, ...ends },
    links: array(source, 'links', entity).map((link, index) => linkRef(link, `links[${String(index)}]`, registry)),
  };
}

/** What entities have as members; some clients write it among the attributes. */
function named(
  source: Members,
  given: Readonly<Record<string, JsonValue>>,
): { core: Pick<EntityChange, 'id' | 'title' | 'summary'>; rest: Readonly<Record<string, JsonValue>> } {
  const names = ['id', 'title', 'summary'] as const;
  const found = names.flatMap((name) => {
    const value = text(source, name, entity) ?? textIn(given[`occi.core.${name}`], `occi.core.${name}`);
    return value === undefined ? [] : [[name, value] as const];
  });
  const rest = Object.entries(given).filter(([name]) => !names.some((core) => name === `occi.core.${core}`));
  return { core: Object.fromEntries(found), rest: Object.fromEntries(rest) };
}

const entity = 'the entity';

function kindIn(source: Members, registry: Registry): string | undefined {
  const id = text(source, 'kind', entity);
  const kind = id === undefined ? undefined : registry.get(id);
  if (kind && kind.class !== 'kind') throw invalid(`'kind' names ${categoryId(kind)}, which is a ${kind.class}`);
  return kind && categoryId(kind);
}

/** The paths of the entities in a collection, as GET shows it: kind and id are enough of each. @throws AgencyError invalid-request, not-found. */
export function locationsFromJson(value: unknown, registry: Registry): string[] {
  const source = members(value, 'the collection');
  onlyMembers(source, ['resources', 'links'], 'the collection');
  return ['resources', 'links'].flatMap((name) =>
    array(source, name, 'the collection').map((one, index) => {
      const where = `${name}[${String(index)}]`;
      const member = members(one, where);
      const kind = kindIn(member, registry) ?? missing('kind', where);
      return registry.locationOf({ kind, id: text(member, 'id', where) ?? missing('id', where) });
    }),
  );
}

/** {action, attributes}. @throws AgencyError invalid-request, not-found. */
export function actionFromJson(value: unknown, registry: Registry): ActionCall {
  const source = members(value, 'the action');
  onlyMembers(source, ['action', 'attributes'], 'the action');
  const action = registry.get(text(source, 'action', 'the action') ?? missing('action', 'the action'));
  if (action.class !== 'action') throw invalid(`'action' names ${categoryId(action)}, which is a ${action.class}`);
  return { action: categoryId(action), attributes: attributes(source, 'the action') };
}

function linkRef(value: unknown, where: string, registry: Registry): LinkRef {
  const source = members(value, where);
  onlyMembers(source, linkMembers, where);
  const kind = text(source, 'kind', where) ?? missing('kind', where);
  const id = text(source, 'id', where);
  const target = end(source, 'target', where) ?? missing('target', where);
  const title = text(source, 'title', where);
  return {
    target: target.location,
    rel: target.kind ?? '',
    self: id === undefined ? '' : registry.collectionOf(kind) + id,
    categories: [kind, ...texts(source, 'mixins', where)],
    attributes: { ...attributes(source, where), ...(title === undefined ? {} : { 'occi.core.title': title }) },
  };
}

function endsOf(link: Members, whole: boolean): Record<string, JsonValue> {
  const ends = (['source', 'target'] as const).flatMap((name) => {
    const found = end(link, name, 'the link') ?? (whole ? missing(name, 'the link') : undefined);
    if (!found) return [];
    return [
      [`occi.core.${name}`, found.location],
      [`occi.core.${name}.kind`, found.kind],
    ].filter(([, value]) => value !== undefined);
  });
  return Object.fromEntries(ends) as Record<string, JsonValue>;
}

function end(link: Members, name: string, where: string): { location: string; kind?: string } | undefined {
  if (link[name] === undefined) return undefined;
  const found = members(link[name], `${where}.${name}`);
  onlyMembers(found, ['location', 'kind'], `${where}.${name}`);
  const kind = text(found, 'kind', `${where}.${name}`);
  const location = text(found, 'location', `${where}.${name}`) ?? missing('location', `${where}.${name}`);
  return { location, ...(kind === undefined ? {} : { kind }) };
}
