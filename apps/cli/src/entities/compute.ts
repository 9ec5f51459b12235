import { type Entity, idIn, reader } from './entity.js';

export interface Compute {
  readonly id: string;
  readonly name: string;
  readonly cfp: string;
  readonly agreement: string;
  readonly state: string;
  readonly message: string;
  readonly vendor: string;
  readonly region: string;
  readonly zone: string;
  readonly offer: string;
  readonly price: number | undefined;
  readonly address: string;
}

export function computeOf(entity: Entity): Compute {
  const read = reader(entity);
  return {
    id: entity.id,
    name: entity.title ?? entity.id,
    cfp: idIn(read.text('agency.cfp')),
    agreement: idIn(read.text('agency.agreement')),
    state: read.text('occi.compute.state'),
    message: read.text('occi.compute.state.message'),
    vendor: read.text('agency.vendor'),
    region: read.text('agency.region'),
    zone: read.text('agency.zone'),
    offer: read.text('agency.offer'),
    price: read.number('agency.price'),
    address: read.text('agency.address'),
  };
}
