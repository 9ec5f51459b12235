import { AgencyError } from '@cloud-agency/errors';
import { categoryId, cfpId, type Kind, type Registry, standardRegistry } from '@cloud-agency/occi';
import { CallIntake } from './call-intake.js';
import { Collections } from './collections.js';
import { Entities } from './entities.js';
import type { EntitySource } from './entity-source.js';
import { listingTypes, negotiate } from './media.js';
import type { Answer, FrontRequest, Handler } from './message.js';
import { assertVersion } from './occi-version.js';
import { health, metrics, readiness } from './operations.js';
import type { FrontPorts } from './ports.js';
import { QueryInterface } from './query-interface.js';
import { doneAnswer } from './rendering.js';
import { eventStream } from './events.js';
import { type Target, targetOf } from './target.js';

type Verbs = Readonly<Partial<Record<'GET' | 'POST' | 'DELETE', Handler>>>;

/** The OCCI front: from a request to its answer, without any HTTP server. What it can do with a path follows from the registry and the sources. */
export class Front {
  private readonly registry: Registry;
  private readonly sources: ReadonlyMap<string, EntitySource>;
  private readonly collections: Collections;
  private readonly entities: Entities;
  private readonly queryInterface: QueryInterface;
  private readonly intake: CallIntake;

  constructor(private readonly ports: FrontPorts) {
    this.registry = standardRegistry(ports.images);
    this.sources = new Map(ports.sources.map((source) => [source.kind, source]));
    this.collections = new Collections(ports.sources, this.registry, ports.version);
    this.entities = new Entities(this.registry);
    this.queryInterface = new QueryInterface(this.registry);
    this.intake = new CallIntake(ports.desk, this.sources.get(cfpId), this.registry);
  }

  /** @throws AgencyError for whatever cannot be answered; anything else is a defect. */
  async answer(request: FrontRequest): Promise<Answer> {
    assertVersion(request.headers['user-agent']);
    const verbs = this.verbsAt(request.path);
    if (request.method === 'OPTIONS')
      return doneAnswer(negotiate(request.headers.accept, listingTypes), { Allow: allowed(verbs) });
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const handler = method === 'GET' || method === 'POST' || method === 'DELETE' ? verbs[method] : undefined;
    if (handler) return await handler(request);
    throw new AgencyError('not-allowed', { method: request.method, path: request.path.slice(0, 200), allow: allowed(verbs) });
  }

  private verbsAt(path: string): Verbs {
    const operation = this.operations.get(path);
    return operation ? { GET: operation } : this.verbsOf(targetOf(path, this.registry));
  }

  private readonly operations: ReadonlyMap<string, Handler> = new Map<string, Handler>([
    ['/healthz', async () => await Promise.resolve(health())],
    ['/readyz', () => readiness(this.ports.readiness)],
    ['/metrics', metrics],
    // Its GET is a stream and goes another way (HttpRoutes); this is what HEAD and OPTIONS find here.
    ['/events', async () => await Promise.resolve({ status: 200, type: eventStream, body: '' })],
  ]);

  private verbsOf(target: Target): Verbs {
    switch (target.type) {
      case 'home':
        return { GET: (request) => this.collections.home(request) };
      case 'query':
        return { GET: async (request) => await Promise.resolve(this.queryInterface.get(request)) };
      case 'collection': {
        const GET: Handler = (request) => this.collections.of(target.of, request);
        return categoryId(target.of) === cfpId ? { GET, POST: (request) => this.intake.submit(request) } : { GET };
      }
      case 'entity':
        return this.entityVerbs(target.kind, target.id);
      case 'part':
        return {
          GET: (request) =>
            this.entities.showPart(this.sources.get(categoryId(target.kind)), target.kind, target.id, target.name, request),
        };
    }
  }

  private entityVerbs(kind: Kind, id: string): Verbs {
    const source = this.sources.get(categoryId(kind));
    return {
      GET: (request) => this.entities.show(source, kind, id, request),
      ...(source?.act ? { POST: (request: FrontRequest) => this.entities.act(source, kind, id, request) } : {}),
      ...(source?.remove ? { DELETE: (request: FrontRequest) => this.entities.remove(source, kind, id, request) } : {}),
    };
  }
}

const allowed = (verbs: Verbs): string =>
  [...Object.keys(verbs).flatMap((verb) => (verb === 'GET' ? ['GET', 'HEAD'] : [verb])), 'OPTIONS'].join(', ');
