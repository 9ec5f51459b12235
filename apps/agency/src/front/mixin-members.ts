import { AgencyError } from '@cloud-agency/errors';
import { assertMixinsApply, categoryId, checkedChange, type Entity, type Mixin, type Registry } from '@cloud-agency/occi';
import type { Tags } from '../tags/tags.js';
import { listedLocations } from './body.js';
import type { MarkedSource } from './marked-source.js';
import { entityTypes, listingTypes, negotiate } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import { pageOf } from './paging.js';
import { collectionForms, doneAnswer, rendered } from './rendering.js';
import { targetOf } from './target.js';

interface Member {
  readonly entity: Entity;
  readonly source: MarkedSource;
  readonly location: string;
}

/** Which entities have a mixin, and who may say so (OCCI.md 2.2): for tags the client, for the Agency's own what made the entity. */
export class MixinMembers {
  constructor(
    private readonly registry: Registry,
    private readonly sources: ReadonlyMap<string, MarkedSource>,
    private readonly tags: Tags,
    private readonly isTag: (id: string) => boolean,
  ) {}

  /** GET of a tag's collection: found by the tag, so that nothing else is read. */
  async show(tag: Mixin, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, listingTypes);
    const entities = await this.entitiesOf(categoryId(tag), request.tenant, pageOf(request.query));
    return rendered(type, collectionForms(entities, this.registry, request.base, 'mixed'));
  }

  /** POST: all of them, or none. */
  async associate(mixin: Mixin, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    const members = await this.listed(mixin, request);
    const id = categoryId(mixin);
    if (members.length === 0)
      throw new AgencyError('invalid-request', { message: 'No entity is listed; send one X-OCCI-Location for each.' });
    if (this.isTag(id)) await this.tags.associate(id, locationsOf(members), request.tenant);
    // A template of the Agency's: what that means (a resize, say) is the source's to carry out.
    else {
      const given = { mixins: [id], attributes: {}, links: [] };
      const changes = members.map((member) => ({ ...member, change: checkedChange(member.entity, given, this.registry) }));
      for (const { entity, source, change } of changes) await source.update(entity, change, request.tenant);
    }
    return doneAnswer(type);
  }

  /** PUT: these and no others. */
  async replace(mixin: Mixin, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    this.assertTag(mixin);
    await this.tags.replaceMembers(categoryId(mixin), locationsOf(await this.listed(mixin, request)), request.tenant);
    return doneAnswer(type);
  }

  /** DELETE: takes the mixin from those listed, or from all; the entities stay. */
  async disassociate(mixin: Mixin, request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    this.assertTag(mixin);
    const locations = listedLocations(request, this.registry);
    await this.tags.disassociate(categoryId(mixin), locations.length === 0 ? undefined : locations, request.tenant);
    return doneAnswer(type);
  }

  /** The entities that have a tag. Those that are gone since are forgotten on the way. */
  private async entitiesOf(
    tag: string,
    tenant: string,
    page?: { readonly number: number; readonly size: number },
  ): Promise<readonly Entity[]> {
    const locations = await this.tags.members(tag, tenant, page);
    const found = await Promise.all(locations.map(async (location) => await this.memberAt(location, tenant)));
    await this.tags.forget(
      locations.filter((_, index) => !found[index]),
      tenant,
    );
    return found.flatMap((member) => member?.entity ?? []);
  }

  private async listed(mixin: Mixin, request: FrontRequest): Promise<Member[]> {
    return await Promise.all(
      listedLocations(request, this.registry).map(async (location) => {
        const member = await this.memberAt(location, request.tenant);
        if (!member)
          throw new AgencyError('not-found', {
            what: location.slice(0, 200),
            hint: 'Nothing was changed. GET / lists what there is.',
          });
        assertMixinsApply([categoryId(mixin)], member.entity.kind, this.registry);
        return member;
      }),
    );
  }

  private async memberAt(location: string, tenant: string): Promise<Member | undefined> {
    const target = targetAt(location, this.registry);
    if (target?.type !== 'entity') return undefined;
    const source = this.sources.get(categoryId(target.kind));
    const entity = await source?.get(target.id, tenant);
    return source && entity && { entity, source, location: this.registry.locationOf(entity) };
  }

  private assertTag(mixin: Mixin): void {
    if (this.isTag(categoryId(mixin))) return;
    throw new AgencyError('forbidden', { message: `${categoryId(mixin)} is the Agency's: only it takes that from an entity.` });
  }
}

const locationsOf = (members: readonly Member[]): string[] => members.map(({ location }) => location);

function targetAt(location: string, registry: Registry): ReturnType<typeof targetOf> | undefined {
  try {
    return targetOf(location, registry);
  } catch (error) {
    if (error instanceof AgencyError) return undefined;
    throw error;
  }
}
