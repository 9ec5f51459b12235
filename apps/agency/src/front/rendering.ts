import {
  categoriesJson,
  type Category,
  categoryFields,
  type CollectionMembers,
  collectionJson,
  type Entity,
  entityFields,
  entityJson,
  type Field,
  locationFields,
  type Registry,
  toBody,
  toHeaders,
  uriList,
} from '@cloud-agency/occi';
import { contentType, isJson, type MediaType } from './media.js';
import type { Answer } from './message.js';

/** The forms that one thing can be shown in; only the one asked for is made. */
export interface Forms {
  fields(): readonly Field[];
  json(): unknown;
  urls?(): readonly string[];
}

export function rendered(type: MediaType, forms: Forms, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  const answer = { status, type: contentType(type), headers };
  if (isJson(type)) return { ...answer, body: `${JSON.stringify(forms.json())}\n` };
  if (type === 'text/uri-list') return { ...answer, body: uriList(forms.urls?.() ?? []) };
  if (type === 'text/occi') return { ...answer, body: 'OK\n', headers: { ...headers, ...onTheWire(toHeaders(forms.fields())) } };
  return { ...answer, body: toBody(forms.fields()) };
}

export const entityForms = (entity: Entity, registry: Registry): Forms => ({
  fields: () => entityFields(entity, registry),
  json: () => entityJson(entity, registry),
});

export function collectionForms(
  entities: readonly Entity[],
  registry: Registry,
  base: string,
  members: CollectionMembers,
): Forms {
  const urls = () => entities.map((entity) => base + registry.locationOf(entity));
  return { urls, fields: () => locationFields(urls()), json: () => collectionJson(entities, registry, members) };
}

/** Categories in full, as the query interface shows them. */
export const categoryForms = (categories: readonly Category[], registry: Registry): Forms => ({
  fields: () => categoryFields(categories, registry.spelling),
  json: () => categoriesJson(categories),
});

/** For what is done and has nothing to show. */
export const done: Forms = { fields: () => [], json: () => ({}) };

export function doneAnswer(type: MediaType, headers: Readonly<Record<string, string>> = {}): Answer {
  return isJson(type) ? rendered(type, done, 200, headers) : { status: 200, type: contentType(type), body: 'OK\n', headers };
}

/** Node writes headers as Latin-1: so their UTF-8 bytes go out as they are. */
function onTheWire(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')]),
  );
}
