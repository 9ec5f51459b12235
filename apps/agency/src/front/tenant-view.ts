import { categoryId, cfpId, type Kind, type Mixin, type Registry, renegotiationId } from '@cloud-agency/occi';
import { Actions } from './actions.js';
import { CallIntake } from './call-intake.js';
import { Collections } from './collections.js';
import { Creation } from './creation.js';
import { Entities } from './entities.js';
import { marked, type MarkedSource } from './marked-source.js';
import type { FrontRequest, Verbs } from './message.js';
import { MixinMembers } from './mixin-members.js';
import { savedScheme } from '../resources/saved-images.js';
import type { FrontPorts } from './ports.js';
import { RenderedEntities } from './rendered-entities.js';
import { QueryInterface } from './query-interface.js';
import { type Target, targetOf } from './target.js';
import { TemplateDocuments } from './template-documents.js';

/** The front as one tenant sees it: the standard categories with the tenant's own mixins, and what each path then means. */
export class TenantView {
  private readonly registry: Registry;
  private readonly sources: ReadonlyMap<string, MarkedSource>;
  private readonly isTag: (id: string) => boolean;
  private readonly collections: Collections;
  private readonly entities: Entities;
  private readonly actions: Actions;
  private readonly creation: Creation;
  private readonly members: MixinMembers;
  private readonly queryInterface: QueryInterface;
  private readonly intake: CallIntake;
  private readonly templates: TemplateDocuments;

  constructor(standard: Registry, own: readonly Mixin[], ports: FrontPorts) {
    // Templates that were saved are the Agency's, though only their owner sees them.
    const ids = new Set(own.filter(({ scheme }) => scheme !== savedScheme).map(categoryId));
    const isTag = (id: string): boolean => ids.has(id);
    this.isTag = isTag;
    this.registry = standard.with(own);
    const sources = ports.sources.map((source) => marked(source, ports.tags, this.registry, isTag));
    this.sources = new Map(sources.map((source) => [source.kind, source]));
    this.actions = new Actions(this.registry);
    this.members = new MixinMembers(this.registry, this.sources, ports.tags, isTag);
    this.collections = new Collections(sources, this.registry, this.actions, ports.version);
    this.entities = new Entities(this.registry, new RenderedEntities(this.registry, ports.writes));
    this.creation = new Creation(this.registry, this.sources);
    this.queryInterface = new QueryInterface(this.registry, ports.tags, isTag);
    this.intake = new CallIntake(ports.desk, this.sources.get(cfpId), this.sources.get(renegotiationId), this.registry);
    this.templates = new TemplateDocuments(ports.templates);
  }

  /** @throws AgencyError not-found when nothing is bound to the path. */
  verbsAt(path: string): Verbs {
    return this.verbsOf(targetOf(path, this.registry));
  }

  private verbsOf(target: Target): Verbs {
    switch (target.type) {
      case 'home':
        return { GET: (request) => this.collections.home(request), POST: (request) => this.creation.create(request) };
      case 'query':
        return {
          GET: async (request) => await Promise.resolve(this.queryInterface.get(request)),
          POST: (request) => this.queryInterface.add(request),
          DELETE: (request) => this.queryInterface.remove(request),
        };
      case 'collection':
        return target.of.class === 'kind' ? this.kindVerbs(target.of) : this.mixinVerbs(target.of);
      case 'below': {
        const { of } = target;
        return { GET: (request) => this.collections.below(of, request) };
      }
      case 'entity':
        return this.entityVerbs(target.kind, target.id);
      case 'part': {
        const source = this.sources.get(categoryId(target.kind));
        return source ? { GET: (request) => this.entities.showPart(source, target.id, target.name, request) } : {};
      }
    }
  }

  private kindVerbs(kind: Kind): Verbs {
    const id = categoryId(kind);
    const source = this.sources.get(id);
    const take = (request: FrontRequest) =>
      id === cfpId && this.intake.takes(request) ? this.intake.submit(request) : this.creation.create(request, id);
    const withActions = (request: FrontRequest) =>
      request.query.has('action') ? this.collections.act(kind, request) : take(request);
    const takesPost = source?.create !== undefined || source?.act !== undefined;
    return {
      GET: (request) => this.collections.of(kind, request),
      ...(takesPost ? { POST: withActions } : {}),
      ...(source?.remove ? { DELETE: (request: FrontRequest) => this.collections.removeAll(source, request) } : {}),
    };
  }

  private mixinVerbs(mixin: Mixin): Verbs {
    const isNarrowed = ({ headers }: FrontRequest): boolean => 'category' in headers || 'x-occi-attribute' in headers;
    const byTag = this.isTag(categoryId(mixin));
    const listed = (request: FrontRequest) =>
      byTag && !isNarrowed(request) ? this.members.show(mixin, request) : this.collections.of(mixin, request);
    return {
      GET: async (request) => this.templates.of(mixin, request) ?? (await listed(request)),
      POST: (request) =>
        request.query.has('action') ? this.collections.act(mixin, request) : this.members.associate(mixin, request),
      PUT: (request) => this.members.replace(mixin, request),
      DELETE: (request) => this.members.disassociate(mixin, request),
    };
  }

  private entityVerbs(kind: Kind, id: string): Verbs {
    const source = this.sources.get(categoryId(kind));
    if (!source) return { GET: (request) => this.entities.absent(kind, request) };
    return {
      GET: (request) => this.entities.show(source, id, request),
      POST: (request) =>
        request.query.has('action') ? this.actions.onEntity(source, id, request) : this.entities.update(source, id, request),
      PUT: (request) => this.entities.replace(source, id, request),
      ...(source.remove ? { DELETE: (request: FrontRequest) => this.entities.remove(source, id, request) } : {}),
    };
  }
}
