import { type Entity, vendorId } from '@cloud-agency/occi';
import type { Clock } from '@cloud-agency/runtime';
import type { KnownAgent, VendorRegistry } from '../../mediation/registry.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';

/** Vendor agents as OCCI entities; everybody sees them all. */
export class VendorSource implements EntitySource {
  readonly kind = vendorId;

  constructor(
    private readonly registry: VendorRegistry,
    private readonly clock: Clock,
  ) {}

  list(query: EntityQuery): Promise<readonly Entity[]> {
    const all = this.registry.all().map((agent) => this.entity(agent));
    const { number, size } = query.page ?? { number: 1, size: all.length };
    return Promise.resolve(all.slice((number - 1) * size, number * size));
  }

  get(id: string): Promise<Entity | undefined> {
    const agent = this.registry.all().find((one) => one.announcement.agent === id);
    return Promise.resolve(agent && this.entity(agent));
  }

  private entity({ announcement, state }: KnownAgent): Entity {
    const age =
      announcement.offersAsOf === null
        ? {}
        : {
            'agency.vendor.offers.age': Math.max(0, Math.round((this.clock.now() - Date.parse(announcement.offersAsOf)) / 1_000)),
          };
    return {
      kind: vendorId,
      id: announcement.agent,
      title: announcement.title,
      mixins: [],
      attributes: {
        'agency.vendor.name': announcement.agent,
        'agency.vendor.type': announcement.type,
        'agency.vendor.state': state,
        ...(announcement.message === undefined ? {} : { 'agency.vendor.state.message': announcement.message }),
        'agency.vendor.offers': announcement.offers,
        ...age,
        'agency.vendor.regions': announcement.regions,
        'agency.vendor.abilities': announcement.abilities,
      },
      actions: [],
      links: [],
    };
  }
}
