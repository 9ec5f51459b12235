import { AgencyError } from '@cloud-agency/errors';
import {
  type Action,
  type ActionCall,
  actionFromJson,
  categoryId,
  checkAttributes,
  type Entity,
  readAction,
  type Registry,
} from '@cloud-agency/occi';
import { readBody } from './body.js';
import { assertUnchanged } from './conditions.js';
import { found } from './entities.js';
import type { MarkedSource } from './marked-source.js';
import { entityTypes, negotiate } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import { preferred } from './preference.js';
import { categoryForms, doneAnswer, entityForms, rendered } from './rendering.js';
import { waited } from './waiting.js';

/** `POST …?action=term`, on one entity or on all of a collection (OCCI.md 2.2). */
export class Actions {
  constructor(private readonly registry: Registry) {}

  async onEntity(source: MarkedSource, id: string, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    const entity = await found(source, id, request, this.registry);
    assertUnchanged(() => JSON.stringify(entity), request);
    const action = this.actionOf(entity, request.query.get('action') ?? '');
    const attributes = this.argumentsOf(request, action);
    const location = this.registry.locationOf(entity);
    if (!source.act) throw new AgencyError('conflict', { message: `${location} cannot '${action.term}' in its state.` });
    const after = await source.act(id, action.term, attributes, request.tenant);
    if ('class' in after) return preferred(request, rendered(type, categoryForms([after], this.registry)), after.location);
    const settled = await waited(request, source, after);
    return preferred(request, rendered(type, entityForms(settled, this.registry)), location);
  }

  /** Valid only if all members define it, and begun only if the state of each allows it. */
  async onAll(
    members: readonly { readonly entity: Entity; readonly source: MarkedSource }[],
    request: FrontRequest,
  ): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    const term = request.query.get('action') ?? '';
    const calls = members.map(({ entity, source }) => {
      const action = this.actionOf(entity, term);
      const attributes = this.argumentsOf(request, action);
      if (!source.act || !entity.actions.includes(categoryId(action)))
        throw new AgencyError('conflict', {
          message: `${this.registry.locationOf(entity)} cannot '${action.term}' in its state; nothing was begun.`,
        });
      return { act: source.act.bind(source), id: entity.id, attributes };
    });
    for (const { act, id, attributes } of calls) await act(id, term, attributes, request.tenant);
    return preferred(request, doneAnswer(type), request.path);
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
    const call = readBody<ActionCall | undefined>(request, 'An action', {
      fields: (fields) => readAction(fields, this.registry),
      json: (value) => actionFromJson(value, this.registry),
    });
    if (call && call.action !== categoryId(action)) {
      throw new AgencyError('invalid-request', {
        message: `?action=${action.term} means ${categoryId(action)}, but the request names ${call.action}.`,
      });
    }
    const attributes = call?.attributes ?? {};
    checkAttributes(attributes, new Map(Object.entries(action.attributes)), `the action ${action.term}`);
    return attributes;
  }
}
