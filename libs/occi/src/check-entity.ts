/** What a client says of an entity, checked against the categories (GFD.221, GFD.223). */
import { AgencyError } from '@cloud-agency/errors';
import { checkAttributes } from './check-attributes.js';
import { resourceTemplateId } from './extensions/infrastructure.js';
import type { AttributeDefinition } from './model/attribute.js';
import type { Entity, EntityChange, EntityDraft } from './model/entity.js';
import type { JsonValue } from './model/json.js';
import type { Registry } from './registry.js';
import { textValue } from './renderings/text-writer.js';

type Attributes = Readonly<Record<string, JsonValue>>;
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
  assertMixinsApply(given.mixins, kind, registry);
  assertOneTemplate(given.mixins, registry);
  given.links.forEach(({ categories, target }) => {
    assertLinkKind(categories[0], target, registry);
  });
  const definitions = registry.attributesOf(kind, given.mixins);
  const attributes = typed(given.attributes, definitions);
  for (const name of Object.keys(attributes)) if (definitions.get(name)?.mutable === false) throw unchangeable(name, kind);
  checkAttributes(attributes, definitions, kind);
  const defaults = [...definitions].flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...given, kind, attributes: { ...Object.fromEntries(defaults), ...attributes } };
}

/**
 * A change of an entity that exists. Attributes that only the Agency sets may come unchanged; they are left out.
 * @throws AgencyError as checkedDraft; forbidden also for another kind.
 */
export function checkedChange(current: Entity, given: EntityChange, registry: Registry): EntityChange {
  if (given.kind !== undefined && given.kind !== current.kind)
    throw new AgencyError('forbidden', {
      message: `The kind of an entity never changes: ${registry.locationOf(current)} is a ${current.kind}.`,
    });
  assertMixinsApply(given.mixins, current.kind, registry);
  assertOneTemplate(given.mixins, registry);
  const definitions = registry.attributesOf(current.kind, [...current.mixins, ...given.mixins]);
  const attributes = Object.fromEntries(
    Object.entries(typed(given.attributes, definitions)).filter(([name, value]) => {
      if (definitions.get(name)?.mutable !== false) return true;
      if (isAlready(current, name, value, registry)) return false;
      throw unchangeable(name, current.kind);
    }),
  );
  const optional = new Map([...definitions].map(([name, definition]) => [name, { ...definition, required: false }]));
  checkAttributes(attributes, optional, current.kind);
  return { ...given, attributes };
}

/** @throws AgencyError forbidden. */
export function assertMixinsApply(mixins: readonly string[], kind: string, registry: Registry): void {
  for (const id of mixins) {
    const mixin = registry.get(id);
    if (mixin.class !== 'mixin') throw new AgencyError('invalid-request', { message: `${id} is a ${mixin.class}, not a mixin.` });
    if (mixin.applies.length === 0 || mixin.applies.some((wanted) => registry.isA(kind, wanted))) continue;
    throw new AgencyError('forbidden', {
      message: `The mixin ${id} does not apply to ${kind}, only to ${mixin.applies.join(', ')}.`,
    });
  }
}

/** GFD.222: at most one resource template. */
function assertOneTemplate(mixins: readonly string[], registry: Registry): void {
  const templates = mixins.filter((id) => {
    const mixin = registry.find(id);
    return mixin?.class === 'mixin' && mixin.depends.includes(resourceTemplateId);
  });
  if (templates.length > 1)
    throw new AgencyError('invalid-request', {
      message: `An entity has at most one resource template; these are ${templates.join(' and ')}.`,
    });
}

function assertLinkKind(id: string | undefined, target: string, registry: Registry): void {
  if (id === undefined || registry.isLink(id)) return;
  throw new AgencyError('invalid-request', {
    message: `The link to ${target.slice(0, 100)} names ${id}, which is no kind of link.`,
  });
}

/** The text renderings know no lists, and some clients quote numbers: the definition says what is meant. */
function typed(attributes: Attributes, definitions: Definitions): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, meant(value, definitions.get(name))]));
}

function meant(value: JsonValue, definition: AttributeDefinition | undefined): JsonValue {
  if (typeof value !== 'string' || !definition) return value;
  if (definition.type === 'number' && /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(value)) return Number(value);
  if (definition.type === 'boolean' && /^(true|false)$/.test(value)) return value === 'true';
  if (definition.type === 'array')
    return value
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  return value;
}

/** Also in the form in which the text renderings show it. */
function isAlready(current: Entity, name: string, value: JsonValue, registry: Registry): boolean {
  const now = current.attributes[name];
  if (now === undefined) return false;
  return JSON.stringify(now) === JSON.stringify(value) || textValue(now, name, registry.locationOf(current)) === value;
}

const unchangeable = (name: string, kind: string): AgencyError =>
  new AgencyError('forbidden', { message: `${name} of ${kind} is set by the Agency alone.` });
