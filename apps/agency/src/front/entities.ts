import { AgencyError } from '@cloud-agency/errors';
import {
  checkedChange,
  checkedReplacement,
  type Entity,
  type EntityChange,
  type Kind,
  lastWord,
  type Registry,
} from '@cloud-agency/occi';
import { readEntityChange } from './body.js';
import { assertUnchanged, entityTag, tagged } from './conditions.js';
import type { MarkedSource } from './marked-source.js';
import { contentType, entityTypes, isJson, type MediaType, negotiate, objectTypes } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import { preferred } from './preference.js';
import type { RenderedEntities } from './rendered-entities.js';
import { doneAnswer, entityForms, rendered } from './rendering.js';

/** What can be done with one entity, its actions apart. */
export class Entities {
  constructor(
    private readonly registry: Registry,
    private readonly renderedEntities: RenderedEntities,
  ) {}

  async show(source: MarkedSource, id: string, request: FrontRequest): Promise<Answer> {
    const documentTypes = source.documents?.types ?? [];
    const type = negotiate(request.headers.accept, [...entityTypes, ...documentTypes]);
    if (documentTypes.includes(type)) return await this.showDocument(source, id, type, request);
    const { answer, tag } = await this.renderedEntities.of(source, request, type, () =>
      found(source, id, request, this.registry),
    );
    return tagged(answer, tag, request);
  }

  /** The document that an entity was made of. Its tag is the entity's, as in every rendering. */
  private async showDocument(source: MarkedSource, id: string, type: MediaType, request: FrontRequest): Promise<Answer> {
    const entity = await found(source, id, request, this.registry);
    const body = (await source.documents?.of(id, type, request.tenant)) ?? '';
    return tagged({ status: 200, type: contentType(type), body }, entityTag(JSON.stringify(entity), type), request);
  }

  /** An entity of a kind that nothing provides. */
  async absent(kind: Kind, request: FrontRequest): Promise<Answer> {
    const hint = `GET ${kind.location ?? '/'} lists what there is.`;
    return await Promise.reject(new AgencyError('not-found', { what: request.path.slice(0, 200), hint }));
  }

  /** What the source has below its entity by this name, or else an attribute that is an object, whole. */
  async showPart(source: MarkedSource, id: string, name: string, request: FrontRequest): Promise<Answer> {
    const own = Object.entries(source.parts ?? {}).find(([known]) => known === name)?.[1];
    if (own) {
      const type = negotiate(request.headers.accept, own.types);
      const body = await own.of(id, type, request.tenant, request.query);
      if (body !== undefined) return tagged({ status: 200, type: contentType(type), body }, entityTag(body, type), request);
    }
    return await this.showAttribute(source, id, name, request);
  }

  private async showAttribute(source: MarkedSource, id: string, name: string, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, objectTypes);
    const entity = await found(source, id, request, this.registry);
    const part = Object.entries(entity.attributes).find(
      ([full, value]) => lastWord(full) === name && typeof value === 'object',
    )?.[1];
    if (part === undefined || part === null) {
      throw new AgencyError('not-found', {
        what: request.path.slice(0, 200),
        hint: `GET ${this.registry.locationOf(entity)} shows what it has now.`,
      });
    }
    return { status: 200, type: contentType(type), body: `${JSON.stringify(part, undefined, isJson(type) ? undefined : 2)}\n` };
  }

  async remove(source: MarkedSource, id: string, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    await this.current(source, id, request);
    await source.remove?.(id, request.tenant);
    return doneAnswer(type);
  }

  /** POST: sets what is given, and adds mixins. */
  async update(source: MarkedSource, id: string, request: FrontRequest): Promise<Answer> {
    return await this.change(source, id, request, (current, given) =>
      source.update(current, checkedChange(current, given, this.registry), request.tenant),
    );
  }

  /** PUT: what is given is all there is; what only the Agency sets stays, and so do the links. */
  async replace(source: MarkedSource, id: string, request: FrontRequest): Promise<Answer> {
    return await this.change(source, id, request, (current, whole) =>
      source.replace(current, checkedReplacement(current, whole, this.registry), request.tenant),
    );
  }

  private async change(
    source: MarkedSource,
    id: string,
    request: FrontRequest,
    carryOut: (current: Entity, given: EntityChange) => Promise<void>,
  ): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    const current = await this.current(source, id, request);
    await carryOut(current, readEntityChange(request, this.registry));
    const after = await found(source, id, request, this.registry);
    return preferred(request, rendered(type, entityForms(after, this.registry)), this.registry.locationOf(after));
  }

  private async current(source: MarkedSource, id: string, request: FrontRequest): Promise<Entity> {
    const entity = await found(source, id, request, this.registry);
    assertUnchanged(() => JSON.stringify(entity), request);
    return entity;
  }
}

/** @throws AgencyError not-found; invalid-request for a PUT, which would create it at a path of the client's. */
export async function found(source: MarkedSource, id: string, request: FrontRequest, registry: Registry): Promise<Entity> {
  const entity = await source.get(id, request.tenant);
  if (entity) return entity;
  const collection = registry.collectionOf(source.kind);
  const what = `${collection}${id.slice(0, 100)}`;
  if (request.method === 'PUT')
    throw new AgencyError('invalid-request', {
      message: `${what} does not exist, and the Agency gives the ids: POST to ${collection} creates one.`,
    });
  throw new AgencyError('not-found', { what, hint: `GET ${collection} lists what there is.` });
}
