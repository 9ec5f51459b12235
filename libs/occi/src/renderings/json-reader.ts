import { AgencyError, nearest } from '@cloud-agency/errors';
import { type CategoryDeclaration, categoryId } from '../model/category.js';
import type { ActionCall, Entity, EntityChange, LinkRef } from '../model/entity.js';
import type { JsonValue } from '../model/json.js';
import type { Registry } from '../registry.js';
import { assertAttributeName } from './attribute-name.js';

type Members = Readonly<Record<string, unknown>>;

const common = ['kind', 'id', 'title', 'mixins', 'attributes', 'actions'];
const resourceMembers = [...common, 'summary', 'links'];
const linkMembers = [...common, 'source', 'target'];
const mixinMembers = ['term', 'scheme', 'title', 'location', 'depends', 'applies', 'attributes', 'actions'];

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
  const [id, title, summary] = ['id', 'title', 'summary'].map((name) => text(source, name, entity));
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(id === undefined ? {} : { id }),
    ...(title === undefined ? {} : { title }),
    ...(summary === undefined ? {} : { summary }),
    mixins: texts(source, 'mixins', entity).map((name) => categoryId(registry.get(name))),
    attributes: { ...attributes(source, entity), ...(isLink ? endsOf(source, kind !== undefined) : {}) },
    links: array(source, 'links', entity).map((link, index) => linkRef(link, `links[${String(index)}]`, registry)),
  };
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

/** `{mixins: […]}` or one mixin by itself. @throws AgencyError invalid-request. */
export function mixinsFromJson(value: unknown): CategoryDeclaration[] {
  const source = members(value, 'the body');
  if (!('mixins' in source)) return [mixinFrom(source, 'the mixin')];
  onlyMembers(source, ['kinds', 'mixins', 'actions'], 'the body');
  for (const name of ['kinds', 'actions'])
    if (array(source, name, 'the body').length > 0)
      throw invalid(`'${name}' are the Agency's own: only mixins can be named here`);
  return array(source, 'mixins', 'the body').map((one, index) => {
    const where = `mixins[${String(index)}]`;
    return mixinFrom(members(one, where), where);
  });
}

function mixinFrom(source: Members, where: string): CategoryDeclaration {
  onlyMembers(source, mixinMembers, where);
  const [title, location] = ['title', 'location'].map((name) => text(source, name, where));
  const [rel] = texts(source, 'depends', where);
  const names = Object.keys(attributes(source, where)).join(' ');
  const actions = texts(source, 'actions', where).join(' ');
  return {
    term: text(source, 'term', where) ?? missing('term', where),
    scheme: text(source, 'scheme', where) ?? missing('scheme', where),
    ...(title === undefined ? {} : { title }),
    ...(location === undefined ? {} : { location }),
    ...(rel === undefined ? {} : { rel }),
    ...(names === '' ? {} : { attributes: names }),
    ...(actions === '' ? {} : { actions }),
  };
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
  return {
    target: target.location,
    rel: target.kind ?? '',
    self: id === undefined ? '' : registry.collectionOf(kind) + id,
    categories: [kind, ...texts(source, 'mixins', where)],
    attributes: attributes(source, where),
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

function members(value: unknown, where: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${where} must be a JSON object`);
  return { ...value };
}

function onlyMembers(source: Members, known: readonly string[], where: string): void {
  for (const name of Object.keys(source)) {
    if (known.includes(name)) continue;
    const close = nearest(name.slice(0, 60), known);
    throw invalid(
      `${where} has no member '${name.slice(0, 60)}'${close ? `; did you mean '${close}'?` : `; it has ${known.join(', ')}`}`,
    );
  }
}

function text(source: Members, name: string, where: string): string | undefined {
  const value = source[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`'${name}' of ${where} must be a string`);
}

function array(source: Members, name: string, where: string): readonly unknown[] {
  const value = source[name];
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw invalid(`'${name}' of ${where} must be an array`);
}

function texts(source: Members, name: string, where: string): string[] {
  return array(source, name, where).map((one) => {
    if (typeof one === 'string') return one;
    throw invalid(`'${name}' of ${where} must be an array of strings`);
  });
}

function attributes(source: Members, where: string): Record<string, JsonValue> {
  if (source.attributes === undefined) return {};
  const found = members(source.attributes, `'attributes' of ${where}`);
  Object.keys(found).forEach(assertAttributeName);
  return found as Record<string, JsonValue>;
}

function missing(name: string, where: string): never {
  throw invalid(`${where} has no '${name}'`);
}

const invalid = (message: string): AgencyError =>
  new AgencyError('invalid-request', { message: `Invalid JSON rendering: ${message}.` });
