import { rangeOf, textOf } from '../../../cloud/address-range.js';
import { digest } from '../../../cloud/digest.js';
import { type Instance, occupiesRoom } from '../../../cloud/instance.js';
import type { Interface, Network, Subnet } from '../../../cloud/network.js';
import type { Ec2Call } from './action.js';

type Where = Pick<Ec2Call, 'cloud' | 'region'>;

const range = '172.31.0.0/16';
/** Each default subnet is a /20 of it. */
const subnetLength = 4096;

const idOf = (prefix: string, { cloud, region }: Where, what: string): string =>
  `${prefix}-${digest(`${cloud.name} ${region.region} default ${what}`, 17)}`;

const common = ({ cloud, region }: Where) => ({
  cloud: cloud.name,
  region: region.region,
  name: '',
  description: '',
  labels: {},
  change: null,
  createdAt: 0,
});

/** The VPC that every region comes with, and in which machines stand. It is made up anew each time: nothing of it can change. */
export const defaultVpc = (where: Where): Network => ({
  ...common(where),
  id: idOf('vpc', where, 'vpc'),
  range,
  state: 'available',
});

/** One for each zone. */
export const defaultSubnets = (where: Where): Subnet[] =>
  where.region.zones.map((zone, index) => ({
    ...common(where),
    id: idOf('subnet', where, zone),
    network: idOf('vpc', where, 'vpc'),
    zone,
    range: textOf({ first: (rangeOf(range)?.first ?? 0) + index * subnetLength, length: subnetLength }),
    gateway: null,
    reserved: 4,
  }));

/** The interface that a machine comes with, at which it answers. Its address is the machine's own, and no address of the subnet. */
export function primaryInterface(where: Where, instance: Instance): Interface {
  return {
    ...common(where),
    id: `eni-${digest(`${instance.id} primary`, 17)}`,
    network: idOf('vpc', where, 'vpc'),
    subnet: idOf('subnet', where, instance.zone),
    zone: instance.zone,
    address: instance.address,
    mac: macOf(instance.id),
    state: 'in-use',
    attachment: {
      id: `eni-attach-${digest(`${instance.id} primary`, 17)}`,
      instance: instance.id,
      index: 0,
      at: instance.createdAt,
    },
    passing: true,
    request: null,
  };
}

/** Of every machine that is there. */
export const primaryInterfaces = (where: Where): Interface[] =>
  where.cloud
    .instances(where.region.region)
    .filter((instance) => occupiesRoom(instance) && instance.address !== null)
    .map((instance) => primaryInterface(where, instance));

/** Locally administered, as EC2's are. */
export const macOf = (id: string): string => `02:${(digest(id, 10).match(/../g) ?? []).join(':')}`;

/** How EC2 names an address within a VPC. */
export const privateNameOf = ({ address, region }: Pick<Interface, 'address' | 'region'>): string =>
  address === null ? '' : `ip-${address.replaceAll('.', '-')}.${region}.compute.internal`;
