import { type Entity, reader } from './entity.js';

export interface Vendor {
  readonly name: string;
  readonly type: string;
  readonly title: string;
  readonly state: string;
  readonly message: string;
  readonly offers: number;
  readonly regions: readonly string[];
}

export function vendorOf(entity: Entity): Vendor {
  const read = reader(entity);
  return {
    name: read.text('agency.vendor.name'),
    type: read.text('agency.vendor.type'),
    title: entity.title ?? '',
    state: read.text('agency.vendor.state'),
    message: read.text('agency.vendor.state.message'),
    offers: read.number('agency.vendor.offers') ?? 0,
    regions: read.list('agency.vendor.regions') as readonly string[],
  };
}
