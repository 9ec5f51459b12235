/** What a client says of an entity, checked against the categories (GFD.221, GFD.223). */
import { AgencyError } from '@cloud-agency/errors';
import { checkAttributes } from './check-attributes.js';
import { checkedLinks } from './check-links.js';
import { assertMixinsApply, assertOneTemplate } from './check-mixins.js';
import type { AttributeDefinition } from './model/attribute.js';
import type { Entity, EntityChange, EntityDraft } from './model/entity.js';
import type { JsonValue } from './model/json.js';
import type { Registry } from './registry.js';
import { isStructured, textValue } from './renderings/text-writer.js';
import { typed } from './typed-attributes.js';

type Definitions = ReadonlyMap<string, AttributeDefinition>;

/**
 * A new entity with the defaults of its categories filled in.
 * @throws AgencyError invalid-request for a kind or attributes that are missing or wrong; forbidden for what only the Agency sets, and for
 *   a mixin that does not apply.
 */
export function checkedDraft(given: EntityChange, registry: Registry): EntityDraft {
  const { kind } = given;
  if (kind === undefined)
    throw new AgencyError('invalid-request', { message: 'The request names no kind; an entity has exactly one.' });
  // Abstract kinds have no collection.
  registry.collectionOf(kind);
  assertMixinsApply(given.mixins, kind, registry);
  assertOneTemplate(given.mixins, registry);
  const definitions = registry.attributesOf(kind, given.mixins);
  assertSummary(given, definitions, kind);
  const attributes = typed(given.attributes, definitions);
  for (const [name, value] of Object.entries(attributes)) {
    const definition = definitions.get(name);
    if (definition && !mayBegin(definition, value)) throw unchangeable(name, kind, definition);
  }
  checkAttributes(attributes, definitions, kind);
  const defaults = [...definitions].flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const links = checkedLinks(given.links, registry);
  return { ...given, kind, links, attributes: { ...Object.fromEntries(defaults), ...attributes } };
}

/**
 * A change of an entity that exists. Attributes that a client cannot change may come unchanged; they are left out.
 * @throws AgencyError as checkedDraft; forbidden also for another kind.
 */
export function checkedChange(current: Entity, given: EntityChange, registry: Registry): EntityChange {
  return checked(current, given, broughtBy(current, given, registry), registry);
}

/**
 * An entity that takes the place of one that exists: what is required must be there. Attributes that a client cannot change may come
 * unchanged, or be missing; they are left out.
 * @throws AgencyError as checkedChange; invalid-request also without a kind.
 */
export function checkedReplacement(current: Entity, whole: EntityChange, registry: Registry): EntityChange {
  if (whole.kind === undefined)
    throw new AgencyError('invalid-request', {
      message: `A whole entity names its kind, ${current.kind}. POST changes a part of one.`,
    });
  const kept = [...registry.attributesOf(current.kind, whole.mixins)].flatMap(([name, { mutable }]) => (mutable ? [name] : []));
  return checked(current, whole, new Set([...kept, ...broughtBy(current, whole, registry)]), registry);
}

/** Attributes that the entity does not have yet, and that come with the mixins that it is given. */
function broughtBy(current: Entity, { mixins }: EntityChange, registry: Registry): ReadonlySet<string> {
  const known = registry.attributesOf(current.kind, current.mixins);
  const added = mixins.flatMap((id) => Object.keys(registry.find(id)?.attributes ?? {}));
  return new Set(added.filter((name) => !known.has(name) && !Object.hasOwn(current.attributes, name)));
}

/** `needed`: of what the categories require, what must be there now. */
function checked(current: Entity, given: EntityChange, needed: ReadonlySet<string>, registry: Registry): EntityChange {
  if (given.kind !== undefined && given.kind !== current.kind)
    throw new AgencyError('forbidden', {
      message: `The kind of an entity never changes: ${registry.locationOf(current)} is a ${current.kind}.`,
    });
  assertMixinsApply(given.mixins, current.kind, registry);
  assertOneTemplate(given.mixins, registry);
  const all = registry.attributesOf(current.kind, [...current.mixins, ...given.mixins]);
  const definitions = new Map(
    [...all].map(([name, definition]) => [name, { ...definition, required: definition.required && needed.has(name) }]),
  );
  assertSummary(given, definitions, current.kind);
  const brought = broughtBy(current, given, registry);
  const attributes = Object.fromEntries(
    Object.entries(typed(asStored(current, given, registry), definitions)).filter(([name, value]) => {
      const definition = definitions.get(name);
      if (!definition || definition.mutable) return true;
      if (isAlready(current, name, value, registry)) return false;
      if (brought.has(name) && mayBegin(definition, value)) return true;
      throw unchangeable(name, current.kind, definition);
    }),
  );
  checkAttributes(attributes, definitions, current.kind);
  return { ...given, attributes, links: checkedLinks(given.links, registry) };
}

/** What a client may say of a new entity: also what a template says anyway. */
const mayBegin = ({ mutable, initial, default: preset }: AttributeDefinition, value: JsonValue): boolean =>
  mutable || initial === true || (preset !== undefined && JSON.stringify(preset) === JSON.stringify(value));

/** It is a member of entities, but an attribute of resources alone. */
function assertSummary({ summary }: EntityChange, definitions: Definitions, kind: string): void {
  if (summary !== undefined && !definitions.has('occi.core.summary'))
    throw new AgencyError('invalid-request', {
      message: `Invalid attributes of ${kind}: occi.core.summary is one of resources, not of links.`,
    });
}

/** The text renderings show the path of an object: who sends it back means the object that is there. */
function asStored(current: Entity, { attributes }: EntityChange, registry: Registry): Entity['attributes'] {
  const location = registry.locationOf(current);
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const now = current.attributes[name] ?? null;
      return [name, isStructured(now) && textValue(now, name, location) === value ? now : value] as const;
    }),
  );
}

/** Also in the form in which the text renderings show it. */
function isAlready(current: Entity, name: string, value: JsonValue, registry: Registry): boolean {
  const now = current.attributes[name];
  if (now === undefined) return false;
  return JSON.stringify(now) === JSON.stringify(value) || textValue(now, name, registry.locationOf(current)) === value;
}

function unchangeable(name: string, kind: string, { initial }: AttributeDefinition): AgencyError {
  const why = initial ? 'can be given only when it is created' : 'is set by the Agency alone';
  return new AgencyError('forbidden', { message: `${name} of ${kind} ${why}.` });
}
