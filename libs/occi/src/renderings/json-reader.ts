import { AgencyError, nearest } from '@cloud-agency/errors';
import { categoryId } from '../model/category.js';
import type { ActionCall, Entity, LinkRef } from '../model/entity.js';
import type { JsonValue } from '../model/json.js';
import type { Registry } from '../registry.js';
import { assertAttributeName } from './attribute-name.js';

type Members = Readonly<Record<string, unknown>>;

const common = ['kind', 'id', 'title', 'mixins', 'attributes', 'actions'];
const resourceMembers = [...common, 'summary', 'links'];
const linkMembers = [...common, 'source', 'target'];

/** One entity (GFD.226). @throws AgencyError invalid-request saying which member is wrong; not-found for a category that does not exist. */
export function entityFromJson(value: unknown, registry: Registry): Entity {
  const source = members(value, 'the entity');
  const kind = registry.get(text(source, 'kind', 'the entity') ?? missing('kind', 'the entity'));
  if (kind.class !== 'kind') throw invalid(`'kind' names ${categoryId(kind)}, which is a ${kind.class}`);
  const isLink = registry.isLink(categoryId(kind));
  onlyMembers(source, isLink ? linkMembers : resourceMembers, 'the entity');
  const title = text(source, 'title', 'the entity');
  const summary = text(source, 'summary', 'the entity');
  return {
    kind: categoryId(kind),
    id: text(source, 'id', 'the entity') ?? '',
    ...(title === undefined ? {} : { title }),
    ...(summary === undefined ? {} : { summary }),
    mixins: texts(source, 'mixins', 'the entity').map((id) => categoryId(registry.get(id))),
    attributes: { ...attributes(source, 'the entity'), ...(isLink ? endsOf(source) : {}) },
    actions: texts(source, 'actions', 'the entity'),
    links: array(source, 'links', 'the entity').map((link, index) => linkRef(link, `links[${String(index)}]`, registry)),
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

function endsOf(link: Members): Record<string, JsonValue> {
  const target = end(link, 'target', 'the link') ?? missing('target', 'the link');
  const source = end(link, 'source', 'the link') ?? missing('source', 'the link');
  return {
    'occi.core.source': source.location,
    'occi.core.target': target.location,
    ...(source.kind === undefined ? {} : { 'occi.core.source.kind': source.kind }),
    ...(target.kind === undefined ? {} : { 'occi.core.target.kind': target.kind }),
  };
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
