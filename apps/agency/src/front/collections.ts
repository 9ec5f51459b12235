import { AgencyError } from '@cloud-agency/errors';
import {
  categoryId,
  type CollectionMembers,
  type Entity,
  fromHeaders,
  type Kind,
  type Mixin,
  type Registry,
} from '@cloud-agency/occi';
import type { Actions } from './actions.js';
import type { EntityQuery } from './entity-source.js';
import { type Filters, filtersOf, isEmpty, matches } from './filters.js';
import { homePage } from './home-page.js';
import type { MarkedSource } from './marked-source.js';
import { entityTypes, homeTypes, listingTypes, type MediaType, negotiate } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import { type Page, pageOf } from './paging.js';
import { collectionForms, doneAnswer, rendered } from './rendering.js';

/** Listings: of a kind with its descendants, of a mixin, and of everything. */
export class Collections {
  private readonly sources: readonly MarkedSource[];

  constructor(
    sources: readonly MarkedSource[],
    private readonly registry: Registry,
    private readonly actions: Actions,
    private readonly version: string,
  ) {
    const place = new Map(registry.kinds.map((kind, index) => [categoryId(kind), index]));
    this.sources = [...sources].sort((a, b) => (place.get(a.kind) ?? 0) - (place.get(b.kind) ?? 0));
  }

  async home(request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, homeTypes);
    if (type === 'text/html')
      return homePage(
        this.version,
        this.sources.map(({ kind }) => this.registry.collectionOf(kind)),
      );
    return await this.show(request, type, this.sources, this.filters(request), 'mixed');
  }

  async of(category: Kind | Mixin, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, listingTypes);
    const { sources, filters, members } = this.selection(category, request);
    return await this.show(request, type, sources, filters, members);
  }

  /** GET of a path that nothing is bound to: what has one of the mixins below it. */
  async below(mixins: readonly Mixin[], request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, listingTypes);
    const ids = mixins.map(categoryId);
    const page = pageOf(request.query);
    const all = await this.matching(this.sources, { tenant: request.tenant, filters: this.filters(request) }, undefined);
    const found = paged(
      all.filter((entity) => entity.mixins.some((id) => ids.includes(id))),
      page,
    );
    return rendered(type, collectionForms(found, this.registry, request.base, 'mixed'));
  }

  /** POST ?action=: on all members, or on those that the request's filters leave. */
  async act(category: Kind | Mixin, request: FrontRequest): Promise<Answer> {
    const { sources, filters } = this.selection(category, request);
    const members = await Promise.all(
      sources.map(async (source) => (await this.all([source], filters, request)).map((entity) => ({ entity, source }))),
    );
    return await this.actions.onAll(members.flat(), request);
  }

  /** DELETE of a kind's collection: all of its instances, or those that the request's filters leave; it ends at the first that cannot be deleted. */
  async removeAll(source: MarkedSource, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    for (const { id } of await this.all([source], this.filters(request), request)) await source.remove?.(id, request.tenant);
    return doneAnswer(type);
  }

  private selection(
    category: Kind | Mixin,
    request: FrontRequest,
  ): { sources: readonly MarkedSource[]; filters: Filters; members: CollectionMembers } {
    const id = categoryId(category);
    const filters = this.filters(request);
    if (category.class === 'mixin')
      return { sources: this.sources, filters: { ...filters, categories: [id, ...filters.categories] }, members: 'mixed' };
    const sources = this.sources.filter(({ kind }) => this.registry.isA(kind, id));
    return { sources, filters, members: this.registry.isLink(id) ? 'links' : 'resources' };
  }

  private async all(sources: readonly MarkedSource[], filters: Filters, request: FrontRequest): Promise<readonly Entity[]> {
    if (request.query.has('page') || request.query.has('number'))
      throw new AgencyError('invalid-request', {
        message: `${request.method} on a collection means all of it: page and number cannot narrow it, Category and X-OCCI-Attribute headers can.`,
      });
    return await this.matching(sources, { tenant: request.tenant, filters }, undefined);
  }

  private filters = (request: FrontRequest): Filters => filtersOf(fromHeaders(request.headers), this.registry);

  private async show(
    request: FrontRequest,
    type: MediaType,
    sources: readonly MarkedSource[],
    filters: Filters,
    members: CollectionMembers,
  ): Promise<Answer> {
    const page = pageOf(request.query);
    const query = { tenant: request.tenant, filters };
    const found = isEmpty(filters) ? await listed(sources, query, page) : await this.matching(sources, query, page);
    return rendered(type, collectionForms(found, this.registry, request.base, members));
  }

  /** A source may leave out what does not match, so that less is read; what counts is decided here. */
  private async matching(
    sources: readonly MarkedSource[],
    query: EntityQuery,
    page: Page | undefined,
  ): Promise<readonly Entity[]> {
    const all = await listed(sources, query, undefined);
    return paged(
      all.filter((entity) => matches(entity, query.filters, this.registry)),
      page,
    );
  }
}

const paged = (entities: readonly Entity[], page: Page | undefined): readonly Entity[] =>
  page ? entities.slice((page.number - 1) * page.size, page.number * page.size) : entities;

/** One page of the sources' entities, one source after the other; never more of each than the page can reach. */
async function listed(sources: readonly MarkedSource[], query: EntityQuery, page: Page | undefined): Promise<readonly Entity[]> {
  const [only] = sources;
  if (only && sources.length === 1) return await only.list(page ? { ...query, page } : query);
  const reach = page ? page.number * page.size : Infinity;
  const found: Entity[] = [];
  for (const source of sources) {
    if (found.length >= reach) break;
    found.push(...(await source.list(page ? { ...query, page: { number: 1, size: reach - found.length } } : query)));
  }
  return page ? found.slice(reach - page.size, reach) : found;
}
