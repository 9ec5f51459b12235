/** `/openapi.json` and `/docs`. */
import { type Abilities, cfpId, type JsonValue, openApi, type Registry } from '@cloud-agency/occi';
import { documentTypes } from './call-intake.js';
import { docsPage } from './docs-page.js';
import { contentType } from './media.js';
import type { Answer } from './message.js';
import type { FrontPorts } from './ports.js';

type JsonObject = Readonly<Record<string, JsonValue>>;

/** Both are the same for everybody and for as long as this process runs, so each is made once, when first asked for. */
export class OpenApiPages {
  private document: JsonObject | undefined;

  constructor(
    private readonly registry: Registry,
    private readonly ports: Pick<FrontPorts, 'sources' | 'version'>,
  ) {}

  json(): Answer {
    return { status: 200, type: 'application/json', body: `${JSON.stringify(this.made())}\n` };
  }

  docs(): Answer {
    return { status: 200, type: contentType('text/html'), body: docsPage(this.made()) };
  }

  private made(): JsonObject {
    this.document ??= openApi(this.registry, {
      version: this.ports.version,
      abilities: abilitiesOf(this.ports),
      further: { ...further, ...partPaths(this.ports) },
    });
    return this.document;
  }
}

const abilitiesOf = ({ sources }: Pick<FrontPorts, 'sources'>): ReadonlyMap<string, Abilities> =>
  new Map(
    sources.map((source) => [
      source.kind,
      {
        create: 'create' in source,
        act: 'act' in source,
        remove: 'remove' in source,
        ...(source.kind === cfpId && { documents: documentTypes }),
        ...(source.documents && { shownAs: source.documents.types }),
      },
    ]),
  );

/** `/kind/{id}/name` of what sources have below their entities. */
const partPaths = ({ sources }: Pick<FrontPorts, 'sources'>): Readonly<Record<string, JsonObject>> =>
  Object.fromEntries(
    sources.flatMap(({ kind, parts = {} }) =>
      Object.entries(parts).map(([name, { summary, types, parameters }]) => [
        `/${lastWord(kind)}/{id}/${name}`,
        {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          ...operation(`${summary} (${types.join(', ')})`, `${lastWord(kind)}_${name}`, 'application/json', {
            parameters: parameters.map(query),
          }),
        },
      ]),
    ),
  );

const lastWord = (kind: string): string => kind.slice(kind.indexOf('#') + 1);

const operation = (summary: string, operationId: string, type: string, rest: JsonObject = {}): JsonObject => ({
  get: {
    summary,
    operationId,
    tags: ['operations'],
    ...rest,
    responses: {
      200: { description: summary, content: { [type]: { schema: { type: type === 'application/json' ? 'object' : 'string' } } } },
    },
  },
});
const query = (name: string): JsonObject => ({ name, in: 'query', schema: { type: 'string' } });

const pushing = (summary: string, operationId: string, types: readonly string[]): JsonObject => ({
  post: {
    summary,
    operationId,
    tags: ['operations'],
    parameters: [{ ...query('resource'), description: 'Id of the compute that is measured' }],
    requestBody: { required: true, content: Object.fromEntries(types.map((type) => [type, {}])) },
    responses: { 200: { description: 'What was taken is on disk' } },
  },
});

const further: Readonly<Record<string, JsonObject>> = {
  '/events': operation('What happens, as server-sent events', 'events', 'text/event-stream', {
    parameters: [
      query('cfp'),
      query('agreement'),
      query('resource'),
      query('types'),
      query('since'),
      { name: 'Last-Event-ID', in: 'header', schema: { type: 'integer', minimum: 0 } },
    ],
  }),
  '/cfp/{id}/{part}': {
    parameters: ['id', 'part'].map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...operation('The document or the explanation of a call, whole', 'cfpPart', 'application/json'),
  },
  '/v1/metrics': pushing('What applications measure, by OTLP/HTTP', 'pushOtlp', ['application/x-protobuf', 'application/json']),
  '/v1/openmetrics': pushing('What an application measures, as OpenMetrics text', 'pushOpenMetrics', [
    'application/openmetrics-text',
    'text/plain',
  ]),
  '/history/': operation('What became of a metric of a resource, over time', 'history', 'application/json', {
    parameters: [
      { ...query('resource'), required: true },
      { ...query('metric'), required: true },
      ...['from', 'until', 'step'].map(query),
    ],
  }),
  '/statistics/': operation('What was seen of vendors, by region, size and market', 'statistics', 'application/json', {
    parameters: ['vendor', 'region', 'size'].map(query),
  }),
  '/statistics/prices/': operation('How list prices have changed, the newest first', 'priceHistory', 'application/json', {
    parameters: ['vendor', 'region', 'size'].map(query),
  }),
  '/healthz': operation('Whether it is alive', 'healthz', 'application/json', { security: [{}] }),
  '/readyz': operation('Whether it is ready; 503 until it is', 'readyz', 'application/json', { security: [{}] }),
  '/metrics': operation('Its figures, for Prometheus', 'metrics', 'text/plain'),
  '/openapi.json': operation('This document', 'openapi', 'application/json', { security: [{}] }),
  '/docs': operation('This document for people', 'docs', 'text/html', { security: [{}] }),
};
