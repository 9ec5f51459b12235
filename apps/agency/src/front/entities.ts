import { AgencyError } from '@cloud-agency/errors';
import {
  type Action,
  type ActionCall,
  actionFromJson,
  categoryId,
  checkAttributes,
  type Entity,
  fromBody,
  fromHeaders,
  type Kind,
  lastWord,
  readAction,
  type Registry,
} from '@cloud-agency/occi';
import type { EntitySource } from './entity-source.js';
import { parsedJson } from './json-body.js';
import { contentType, entityTypes, isJson, mediaTypeOf, negotiate, objectTypes } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import { doneAnswer, entityForms, rendered } from './rendering.js';

/** What can be done with one entity. */
export class Entities {
  constructor(private readonly registry: Registry) {}

  async show(source: EntitySource | undefined, kind: Kind, id: string, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    return rendered(type, entityForms(await found(source, kind, id, request.tenant), this.registry));
  }

  /** An attribute that is an object, whole. */
  async showPart(source: EntitySource | undefined, kind: Kind, id: string, name: string, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, objectTypes);
    const entity = await found(source, kind, id, request.tenant);
    const part = Object.entries(entity.attributes).find(
      ([full, value]) => lastWord(full) === name && typeof value === 'object',
    )?.[1];
    if (part === undefined || part === null) {
      throw new AgencyError('not-found', {
        what: request.path.slice(0, 200),
        hint: `GET /${kind.term}/${id} shows what it has now.`,
      });
    }
    return { status: 200, type: contentType(type), body: `${JSON.stringify(part, undefined, isJson(type) ? undefined : 2)}\n` };
  }

  async remove(source: EntitySource, kind: Kind, id: string, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    await found(source, kind, id, request.tenant);
    await source.remove?.(id, request.tenant);
    return doneAnswer(type);
  }

  /** POST ?action=term. */
  async act(source: EntitySource, kind: Kind, id: string, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    const term = request.query.get('action');
    if (term === null) {
      throw new AgencyError('unsupported', {
        path: request.path,
        message: 'an entity cannot be changed by POST yet; POST …?action=<term> calls an action.',
      });
    }
    const entity = await found(source, kind, id, request.tenant);
    const action = this.actionOf(entity, term);
    const attributes = this.argumentsOf(request, action);
    const after = await source.act?.(id, action.term, attributes, request.tenant);
    return rendered(type, entityForms(after ?? entity, this.registry));
  }

  private actionOf(entity: Entity, term: string): Action {
    const action = this.registry.actionOf([entity.kind, ...entity.mixins], term);
    if (action) return action;
    const hint =
      entity.actions.length > 0
        ? `It has now: ${entity.actions.map((id) => this.registry.get(id).term).join(', ')}.`
        : 'It has none now.';
    throw new AgencyError('not-found', {
      what: `The action '${term.slice(0, 60)}' of ${this.registry.locationOf(entity)}`,
      hint,
    });
  }

  /** A client that sends nothing at all means the action in the query, without attributes. */
  private argumentsOf(request: FrontRequest, action: Action): ActionCall['attributes'] {
    const call = this.callIn(request);
    if (call && call.action !== categoryId(action)) {
      throw new AgencyError('invalid-request', {
        message: `?action=${action.term} means ${categoryId(action)}, but the request names ${call.action}.`,
      });
    }
    const attributes = call?.attributes ?? {};
    checkAttributes(attributes, new Map(Object.entries(action.attributes)), `the action ${action.term}`);
    return attributes;
  }

  private callIn({ headers, body }: FrontRequest): ActionCall | undefined {
    const type = mediaTypeOf(headers['content-type']);
    if (body.trim() === '') return readAction(fromHeaders(headers), this.registry);
    if (isJson(type)) return actionFromJson(parsedJson(body), this.registry);
    if (['', 'text/plain', 'text/occi+plain'].includes(type)) return readAction(fromBody(body), this.registry);
    if (type === 'text/occi') return readAction(fromHeaders(headers), this.registry);
    throw new AgencyError('not-acceptable', {
      message: `An action cannot be read from ${type}. Send text/plain, text/occi, application/occi+json or application/json.`,
    });
  }
}

async function found(source: EntitySource | undefined, kind: Kind, id: string, tenant: string): Promise<Entity> {
  const entity = await source?.get(id, tenant);
  if (entity) return entity;
  throw new AgencyError('not-found', {
    what: `/${kind.term}/${id.slice(0, 100)}`,
    hint: `GET /${kind.term}/ lists what there is.`,
  });
}
