/** The front as an OpenAPI 3.1 document, generated from the categories: nothing is described by hand but the protocol itself. */
import { errorResponse, headerParameters, pageParameters, renderings, textRenderings } from './openapi/parts.js';
import { entitySchemas, schemaName } from './openapi/schemas.js';
import { type Kind, type Mixin, categoryId } from './model/category.js';
import type { JsonValue } from './model/json.js';
import type { Registry } from './registry.js';

export interface OpenApiOptions {
  readonly version: string;
  /** What clients can do with the entities of a kind besides reading them, by the kind's id; kinds that are missing have no entities. */
  readonly abilities: ReadonlyMap<string, Abilities>;
  /** Paths beside OCCI's, as they stand in the document. */
  readonly further: Readonly<Record<string, JsonObject>>;
}

export interface Abilities {
  readonly create: boolean;
  readonly act: boolean;
  readonly remove: boolean;
  /** Media types of documents that one is created from too, and of those that one is given back as. */
  readonly documents?: readonly string[];
  readonly shownAs?: readonly string[];
}

type JsonObject = Readonly<Record<string, JsonValue>>;

export function openApi(registry: Registry, { version, abilities, further }: OpenApiOptions): JsonObject {
  const kinds = registry.kinds.filter((kind) => kind.location !== undefined);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cloud Agency',
      version,
      description:
        'A cloud broker that speaks OCCI 1.2 (and answers 1.1 clients). Every resource comes in text/plain, text/occi, application/occi+json and application/json; listings also as text/uri-list.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { bearer: [] }],
    tags: kinds.map(({ term, title }) => ({ name: term, description: title })),
    paths: {
      '/': { get: listing('Everything there is', 'everything', 'core'), post: creation('By its kind', 'create', 'entity') },
      '/-/': queryInterface('categories'),
      '/.well-known/org/ogf/occi/-/': queryInterface('categoriesWellKnown'),
      ...Object.fromEntries(kinds.flatMap((kind) => kindPaths(kind, registry, abilities.get(categoryId(kind))))),
      ...Object.fromEntries(registry.mixins.map((mixin) => [mixin.location, mixinPath(mixin)])),
      ...further,
    },
    components: {
      schemas: entitySchemas(registry),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'Where AGENCY_AUTH is token or oidc.' } },
      parameters: { ...headerParameters, ...pageParameters },
      responses: { problem: errorResponse },
    },
  };
}

const problem = { default: { $ref: '#/components/responses/problem' } };
const narrowing = ['category', 'attribute'].map((name) => ({ $ref: `#/components/parameters/${name}` }));
const paging = ['page', 'number'].map((name) => ({ $ref: `#/components/parameters/${name}` }));
const prefer = { $ref: '#/components/parameters/prefer' };
const ifMatch = { $ref: '#/components/parameters/ifMatch' };
const idParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

function kindPaths(kind: Kind, registry: Registry, can: Abilities | undefined): [string, JsonObject][] {
  const location = kind.location ?? '';
  const actions = actionsOf(kind, registry);
  const collection: [string, JsonObject] = [location, collectionPath(kind, can, actions)];
  return can ? [collection, [`${location}{id}`, entityPath(kind, can, actions)]] : [collection];
}

function collectionPath(kind: Kind, can: Abilities | undefined, actions: readonly string[]): JsonObject {
  const name = schemaName(kind);
  const removal = simple(`Delete all of: ${kind.title}`, `deleteAll_${name}`, kind.term, { parameters: narrowing });
  return {
    get: listing(`All of: ${kind.title}`, `list_${name}`, kind.term, `${name}Collection`),
    ...(can && (can.create || can.act) ? { post: collectionPost(kind, can, actions) } : {}),
    ...(can?.remove ? { delete: removal } : {}),
  };
}

function entityPath(kind: Kind, can: Abilities, actions: readonly string[]): JsonObject {
  const name = schemaName(kind);
  const ofKind = (summary: string, verb: string, rest: JsonObject): JsonObject =>
    simple(summary, `${verb}_${name}`, kind.term, rest);
  return {
    parameters: [idParameter],
    get: ofKind(`One: ${kind.title}`, 'get', {
      parameters: [{ $ref: '#/components/parameters/ifNoneMatch' }],
      responses: { 200: shown(name, can.shownAs), 304: { description: 'Unchanged' }, ...problem },
    }),
    post: ofKind(can.act ? 'Change a part, or call an action' : 'Change a part', 'update', {
      parameters: [...(can.act ? [actionParameter(actions)] : []), ifMatch, prefer],
      requestBody: { content: bodyContent(can.act ? ['change', 'actionCall'] : ['change']) },
      responses: { 200: shown(name), ...problem },
    }),
    put: ofKind('Replace', 'replace', {
      parameters: [ifMatch],
      requestBody: { required: true, content: bodyContent([name]) },
      responses: { 200: shown(name), ...problem },
    }),
    ...(can.remove ? { delete: ofKind('Delete', 'delete', { parameters: [ifMatch] }) } : {}),
  };
}

const actionsOf = (kind: Kind, registry: Registry): string[] => kind.actions.map((id) => registry.get(id).term);

const actionParameter = (terms: readonly string[]): JsonObject => ({
  name: 'action',
  in: 'query',
  description: 'Term of the action to call.',
  schema: terms.length > 0 ? { type: 'string', enum: terms } : { type: 'string' },
});

function collectionPost(kind: Kind, can: Abilities, actions: readonly string[]): JsonObject {
  const name = schemaName(kind);
  if (!can.create)
    return simple(`Call an action on all of: ${kind.title}`, `act_${name}`, kind.term, {
      parameters: [{ ...actionParameter(actions), required: true }],
      requestBody: { content: bodyContent(['actionCall']) },
    });
  return creation(kind.title, `create_${name}`, name, {
    tag: kind.term,
    parameters: can.act ? [actionParameter(actions), prefer] : [prefer],
    documents: documents(can.documents),
  });
}

const creation = (
  what: string,
  operationId: string,
  name: string,
  {
    tag = 'entity',
    parameters = [prefer],
    documents = {},
  }: { readonly tag?: string; readonly parameters?: readonly JsonObject[]; readonly documents?: JsonObject } = {},
): JsonObject =>
  simple(`Create: ${what}`, operationId, tag, {
    parameters,
    requestBody: { required: true, content: { ...bodyContent([name]), ...documents } },
    responses: {
      201: { ...shown(name), headers: { Location: { schema: { type: 'string', format: 'uri' } } } },
      202: { description: 'Begun, as Prefer: respond-async asked' },
      ...problem,
    },
  });

function mixinPath(mixin: Mixin): JsonObject {
  const id = mixin.location.replace(/\W+/g, '_').replace(/^_|_$/g, '');
  const members = {
    requestBody: { content: { 'text/uri-list': { schema: { type: 'string' } }, ...bodyContent(['collection']) } },
  };
  return {
    get: listing(`All that have: ${mixin.title}`, `list_mixin_${id}`, 'mixins'),
    post: simple(
      `Give it to entities, or call an action on all that have it: ${mixin.title}`,
      `associate_${id}`,
      'mixins',
      members,
    ),
    put: simple(`Give it to these entities only: ${mixin.title}`, `replace_members_${id}`, 'mixins', members),
    delete: simple(`Take it from entities: ${mixin.title}`, `disassociate_${id}`, 'mixins', members),
  };
}

function queryInterface(operation: string): JsonObject {
  const body = { requestBody: { required: true, content: bodyContent(['mixins']) } };
  return {
    get: simple('The categories', operation, 'query', {
      parameters: narrowing.slice(0, 1),
      responses: { 200: shown('categories'), ...problem },
    }),
    post: simple('Add mixins of your own', `${operation}_add`, 'query', body),
    delete: simple('Remove mixins of your own', `${operation}_remove`, 'query', body),
  };
}

const listing = (summary: string, operationId: string, tag: string, schema = 'collection'): JsonObject =>
  simple(summary, operationId, tag, {
    parameters: [...paging, ...narrowing],
    responses: {
      200: { description: 'The listing', content: { ...renderings(schema), 'text/uri-list': { schema: { type: 'string' } } } },
      ...problem,
    },
  });

const shown = (schema: string, types?: readonly string[]): JsonObject => ({
  description: 'As it is now',
  content: { ...renderings(schema), ...documents(types) },
});

const documents = (types: readonly string[] = []): JsonObject =>
  Object.fromEntries(types.map((type) => [type, { schema: { type: isJson(type) ? 'object' : 'string' } }]));
const isJson = (type: string): boolean => type.endsWith('json');

const bodyContent = (schemas: readonly string[]): JsonObject => {
  const [only = 'entity', ...more] = schemas.map((name) => ({ $ref: `#/components/schemas/${name}` }));
  const schema = more.length > 0 && typeof only === 'object' ? { anyOf: [only, ...more] } : only;
  return { ...textRenderings, 'application/occi+json': { schema }, 'application/json': { schema } };
};

const simple = (summary: string, operationId: string, tag: string, rest: JsonObject): JsonObject => ({
  summary,
  operationId,
  tags: [tag],
  responses: { 200: { description: 'Done' }, ...problem },
  ...rest,
});
