import { AgencyError } from '@cloud-agency/errors';
import { type Mixin, type Registry, standardRegistry } from '@cloud-agency/occi';
import { assertReadsStream, eventStream, streamHeaders } from './events.js';
import { history, prices, statistics } from './measured.js';
import { listingTypes, negotiate } from './media.js';
import type { Answer, FrontRequest, Handler, Verb, Verbs } from './message.js';
import { assertVersion } from './occi-version.js';
import { health, metrics, readiness } from './operations.js';
import { OpenApiPages } from './openapi.js';
import type { FrontPorts } from './ports.js';
import { otlpPath, textPath } from './pushes.js';
import { doneAnswer } from './rendering.js';
import { TenantView } from './tenant-view.js';

/** The OCCI front: from a request to its answer, without any HTTP server. What it can do with a path follows from the registry and the sources. */
export class Front {
  private readonly registry: Registry;
  private readonly openApi: OpenApiPages;
  /** By the tenant's own mixins: those who have none share one. */
  private readonly views = new WeakMap<readonly Mixin[], TenantView>();

  constructor(private readonly ports: FrontPorts) {
    this.registry = standardRegistry(ports.images, {
      lowerCaseNames: ports.lowerCaseNames ?? false,
      templates: [...ports.templates.values()],
    });
    this.openApi = new OpenApiPages(this.registry, ports);
  }

  /** @throws AgencyError for whatever cannot be answered; anything else is a defect. */
  async answer(request: FrontRequest): Promise<Answer> {
    assertVersion(request.headers['user-agent']);
    const verbs = await this.verbsAt(request);
    if (request.method === 'OPTIONS')
      return doneAnswer(negotiate(request.headers.accept, listingTypes), { Allow: allowed(verbs) });
    const handler = verbs[(request.method === 'HEAD' ? 'GET' : request.method) as Verb];
    if (handler) return await handler(request);
    throw new AgencyError('not-allowed', { method: request.method, path: request.path.slice(0, 200), allow: allowed(verbs) });
  }

  private async verbsAt({ path, tenant }: FrontRequest): Promise<Verbs> {
    const operation = this.operations.get(path);
    if (operation) return { GET: operation };
    if (path === otlpPath || path === textPath) return { POST: takenElsewhere };
    const own = await this.ports.tags.mixins(tenant);
    const view = this.views.get(own) ?? new TenantView(this.registry, own, this.ports);
    this.views.set(own, view);
    return view.verbsAt(path);
  }

  private readonly operations: ReadonlyMap<string, Handler> = new Map<string, Handler>([
    ['/healthz', async () => await Promise.resolve(health())],
    ['/readyz', () => readiness(this.ports.readiness)],
    ['/metrics', metrics],
    ['/history/', (request) => history(request, this.ports)],
    ['/statistics/', (request) => statistics(request, this.ports)],
    ['/statistics/prices/', (request) => prices(request, this.ports)],
    ['/openapi.json', async () => await Promise.resolve(this.openApi.json())],
    ['/docs', async () => await Promise.resolve(this.openApi.docs())],
    // Its GET is a stream and goes another way (HttpRoutes); this is what HEAD and OPTIONS find here.
    ['/events', streamHead],
  ]);
}

const streamHead: Handler = async (request) => {
  assertReadsStream(request);
  return await Promise.resolve({ status: 200, type: eventStream, headers: streamHeaders, body: '' });
};

/** A push has a body that is no text, and goes another way (HttpRoutes); this is what OPTIONS finds here. */
const takenElsewhere: Handler = () => Promise.reject(new Error('pushes are taken before they come here'));

const allowed = (verbs: Verbs): string =>
  [...Object.keys(verbs).flatMap((verb) => (verb === 'GET' ? ['GET', 'HEAD'] : [verb])), 'OPTIONS'].join(', ');
