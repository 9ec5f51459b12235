import { AgencyError } from '@cloud-agency/errors';
import { checkedDraft, type Registry } from '@cloud-agency/occi';
import { readEntityChange } from './body.js';
import type { MarkedSource } from './marked-source.js';
import { entityTypes, negotiate } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import { preferred } from './preference.js';
import { entityForms, rendered } from './rendering.js';
import { waited } from './waiting.js';

/** POST of a new entity, on its kind's collection or on `/`. */
export class Creation {
  constructor(
    private readonly registry: Registry,
    private readonly sources: ReadonlyMap<string, MarkedSource>,
  ) {}

  /** `of`: the kind whose collection it was posted to. */
  async create(request: FrontRequest, of?: string): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    const draft = checkedDraft(readEntityChange(request, this.registry, onlyOne), this.registry);
    if (of !== undefined && !this.registry.isA(draft.kind, of))
      throw new AgencyError('invalid-request', {
        message: `${request.path} takes entities of ${of}; this is one of ${draft.kind}.`,
      });
    const create = this.sources.get(draft.kind)?.create;
    if (!create)
      throw new AgencyError('unsupported', {
        path: this.pathOf(draft.kind),
        message: `${draft.kind} cannot be created by a client here.`,
      });
    const source = this.sources.get(draft.kind) as MarkedSource;
    const entity = await waited(request, source, await create(draft, request.tenant));
    const location = this.registry.locationOf(entity);
    const answer = rendered(type, entityForms(entity, this.registry), 201, { Location: request.base + location });
    return preferred(request, answer, location);
  }

  private readonly pathOf = (kind: string): string => this.registry.collectionOf(kind);
}

/** Some clients wrap the one they create in a collection. */
function onlyOne(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'kind' in value) return value;
  const { resources = [], links = [] } = value as { resources?: unknown; links?: unknown };
  const all: unknown[] = [resources, links].flat();
  if (all.length > 1)
    throw new AgencyError('invalid-request', {
      message: `One entity is created at a time; these are ${all.length}. Links go inline, into 'links' of the resource.`,
    });
  return all[0] ?? value;
}
