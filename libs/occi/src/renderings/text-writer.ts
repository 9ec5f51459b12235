/** The text rendering (GFD.229), in the form that the clients in the field parse: OCCI.md's order of parameters, `; ` between them. */
import type { AttributeDefinition } from '../model/attribute.js';
import type { Category } from '../model/category.js';
import type { Entity, LinkRef } from '../model/entity.js';
import type { JsonValue } from '../model/json.js';
import type { Registry } from '../registry.js';
import type { Field } from './fields.js';
import { asDefined, type Spelling } from './spelling.js';

/** An entity. Paths stay relative; objects are shown as the path of their JSON, lists of plain values joined by commas. */
export function entityFields(entity: Entity, registry: Registry): Field[] {
  const location = registry.locationOf(entity);
  const categories = [entity.kind, ...entity.mixins].map((id) => registry.get(id));
  return [
    ...categories.map((category): Field => ({ name: 'Category', value: identified(category) })),
    ...startFirst(entity.actions).map((id) => actionLink(location, id, registry)),
    ...entity.links.map((link) => linkField(link, registry.spelling)),
    ...attributeFields(entity, location, registry.spelling),
  ];
}

/** A listing; `urls` are absolute. */
export const locationFields = (urls: readonly string[]): Field[] => urls.map((value) => ({ name: 'X-OCCI-Location', value }));

/** Categories in full, as the query interface shows them. */
export const categoryFields = (categories: readonly Category[], spelling: Spelling = asDefined): Field[] =>
  categories.map((category) => ({ name: 'Category', value: described(category, spelling) }));

const identified = (category: Category): string => `${category.term}; scheme="${category.scheme}"; class="${category.class}"`;

function described(category: Category, spelling: Spelling): string {
  const parts = [identified(category), `title=${quoted(category.title, 'inParameter')}`];
  const rel = relation(category);
  if (rel !== undefined) parts.push(`rel=${quoted(rel, 'inParameter')}`);
  if (category.class !== 'action' && category.location !== undefined) parts.push(`location="${category.location}"`);
  const attributes = Object.entries(category.attributes).map(
    ([name, definition]) => spelling.written(name) + properties(definition),
  );
  if (attributes.length > 0) parts.push(`attributes="${attributes.join(' ')}"`);
  if (category.class !== 'action' && category.actions.length > 0) parts.push(`actions="${category.actions.join(' ')}"`);
  return parts.join('; ');
}

function relation(category: Category): string | undefined {
  if (category.class === 'kind') return category.parent;
  return category.class === 'mixin' ? category.depends[0] : undefined;
}

/** A default cannot be told here, and clients that check what they send before they send it would miss what has one. */
function properties({ mutable, required, default: preset }: AttributeDefinition): string {
  const words = [...(mutable ? [] : ['immutable']), ...(required && preset === undefined ? ['required'] : [])];
  return words.length > 0 ? `{${words.join(' ')}}` : '';
}

function actionLink(location: string, id: string, registry: Registry): Field {
  return { name: 'Link', value: `<${location}?action=${registry.get(id).term}>; rel="${id}"` };
}

function linkField(link: LinkRef, spelling: Spelling): Field {
  const rel = quoted(link.rel, 'inParameter');
  const fixed = `<${uri(link.target)}>; rel=${rel}; self="${link.self}"; category="${link.categories.join(' ')}"`;
  const own = Object.entries(link.attributes).flatMap(([name, value]) => {
    const shown = scalar(value, `${link.self}/${lastWord(name)}`, 'inParameter');
    return shown === undefined ? [] : [`; ${spelling.written(name)}=${shown}`];
  });
  return { name: 'Link', value: fixed + own.join('') };
}

function attributeFields(entity: Entity, location: string, spelling: Spelling): Field[] {
  const all: [string, JsonValue][] = [
    ['occi.core.id', entity.id],
    ['occi.core.title', entity.title ?? null],
    ['occi.core.summary', entity.summary ?? null],
    ...Object.entries(entity.attributes),
  ];
  return all.flatMap(([name, value]) => {
    const shown = scalar(value, `${location}/${lastWord(name)}`, 'inAttribute');
    return shown === undefined ? [] : [{ name: 'X-OCCI-Attribute', value: `${spelling.written(name)}=${shown}` } satisfies Field];
  });
}

/** The last word of an attribute's name: under it, an object of an entity has a path of its own. */
export const lastWord = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Whether the text renderings show the value as a path. */
export const isStructured = (value: JsonValue): boolean =>
  value !== null &&
  typeof value === 'object' &&
  !(Array.isArray(value) && value.every((one) => one === null || typeof one !== 'object'));

/** A value as a client reads it from the text renderings, without the quotes; `location` is the entity's. */
export function textValue(value: JsonValue, name: string, location: string): JsonValue {
  if (isStructured(value)) return `${location}/${lastWord(name)}`;
  return Array.isArray(value) ? value.map(String).join(', ') : value;
}

type Place = 'inParameter' | 'inAttribute';

function scalar(value: JsonValue, path: string, place: Place): string | undefined {
  if (value === null) return undefined;
  if (isStructured(value)) return `"${path}"`;
  if (Array.isArray(value)) return quoted(value.map(String).join(', '), place);
  return typeof value === 'string' ? quoted(value, place) : JSON.stringify(value);
}

/** A target is a client's word: what no URI has would end it early, or begin a line of its own. */
const uri = (target: string): string => target.replace(/[\s<>"\\\p{Cc}]/gu, (character) => encodeURIComponent(character));

/** The grammar has no place for line breaks and controls; and clients in the field split parameters at every `;`, quoted or not. */
function quoted(text: string, place: Place): string {
  const oneLine = text.replace(/\p{Cc}+/gu, ' ');
  const safe = place === 'inParameter' ? oneLine.replaceAll(';', ',') : oneLine;
  return `"${safe.replace(/["\\]/g, '\\$&')}"`;
}

const startFirst = (actions: readonly string[]): readonly string[] => {
  const isStart = (id: string): boolean => id.endsWith('#start');
  return [...actions.filter(isStart), ...actions.filter((id) => !isStart(id))];
};
