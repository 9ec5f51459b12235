/** The JSON renderings (GFD.226) as JSON Schemas. */
import type { AttributeDefinition } from '../model/attribute.js';
import { type Kind, categoryId } from '../model/category.js';
import type { JsonValue } from '../model/json.js';
import type { Registry } from '../registry.js';

type JsonObject = Readonly<Record<string, JsonValue>>;

const string = { type: 'string' };
const strings = { type: 'array', items: string };
const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const arrayOf = (name: string): JsonObject => ({ type: 'array', items: ref(name) });
const objectOf = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
});

/** Terms are unique among kinds; `link` and `resource` are the general shapes. */
export const schemaName = ({ term }: Kind): string => term;

/** A schema for each kind, for its collection, and for what is no entity. */
export function entitySchemas(registry: Registry): JsonObject {
  const kinds = registry.kinds.filter((kind) => kind.location !== undefined);
  return {
    entity: { anyOf: kinds.map((kind) => ref(schemaName(kind))) },
    collection: objectOf({ resources: arrayOf('entity'), links: arrayOf('entity') }),
    change: objectOf({ kind: string, title: string, summary: string, mixins: strings, attributes: { type: 'object' } }),
    actionCall: objectOf({ action: string, attributes: { type: 'object' } }, ['action']),
    end: objectOf({ location: string, kind: string }, ['location']),
    mixin: objectOf({ term: string, scheme: string, title: string, location: string, depends: strings }, [
      'term',
      'scheme',
      'location',
    ]),
    mixins: { anyOf: [objectOf({ mixins: arrayOf('mixin') }, ['mixins']), ref('mixin')] },
    categories: objectOf({ kinds: { type: 'array' }, mixins: { type: 'array' }, actions: { type: 'array' } }, [
      'kinds',
      'mixins',
      'actions',
    ]),
    ...Object.fromEntries(
      kinds.flatMap((kind) => [
        [schemaName(kind), kindSchema(kind, registry)],
        [
          `${schemaName(kind)}Collection`,
          objectOf({ [registry.isLink(categoryId(kind)) ? 'links' : 'resources']: arrayOf(schemaName(kind)) }),
        ],
      ]),
    ),
  };
}

function kindSchema(kind: Kind, registry: Registry): JsonObject {
  const id = categoryId(kind);
  const isLink = registry.isLink(id);
  const members = ['occi.core.id', 'occi.core.title', 'occi.core.summary', ...(isLink ? linkEnds : [])];
  const definitions = [...registry.attributesOf(id, [])].filter(([name]) => !members.includes(name));
  const required = definitions.filter(([, definition]) => definition.required).map(([name]) => name);
  const attributes = objectOf(
    Object.fromEntries(definitions.map(([name, definition]) => [name, attributeSchema(definition)])),
    required,
  );
  return {
    ...objectOf(
      {
        kind: isLeaf(kind, registry) ? { const: id } : string,
        id: { ...string, readOnly: true },
        title: string,
        ...(isLink ? { source: ref('end'), target: ref('end') } : { summary: string, links: arrayOf('link') }),
        mixins: strings,
        attributes,
        actions: { ...strings, readOnly: true },
      },
      ['kind', ...(isLink ? ['target'] : []), ...(required.length > 0 ? ['attributes'] : [])],
    ),
    description: kind.title,
  };
}

const linkEnds = ['occi.core.source', 'occi.core.target', 'occi.core.source.kind', 'occi.core.target.kind'];

const isLeaf = (kind: Kind, registry: Registry): boolean => !registry.kinds.some(({ parent }) => parent === categoryId(kind));

function attributeSchema({ type, pattern, mutable, initial, default: preset, description }: AttributeDefinition): JsonObject {
  return {
    type,
    // A pattern of ours holds for the value as text; in JSON Schema it is for strings only.
    ...(pattern === undefined || type !== 'string' ? {} : { pattern }),
    ...(mutable || initial ? {} : { readOnly: true }),
    ...(preset === undefined ? {} : { default: preset }),
    ...(description === undefined ? {} : { description }),
  };
}
