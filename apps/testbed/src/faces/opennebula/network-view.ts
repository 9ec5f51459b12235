import { addressOf, numberOf, rangeOf } from '../../cloud/address-range.js';
import type { Network } from '../../cloud/network.js';
import { escaped } from '../markup.js';
import { type OneCall, oneadmin, ownGroup, ownUser, placeOf } from './call.js';
import type { Pooled } from './pool.js';
import { clustersOf, providedNetwork } from './provided.js';
import { templateMarkup } from './template.js';
import { macOf, ownership, permissions } from './vm-view.js';

/** Addresses that a network gives out: so many from the first on. */
export interface AddressesOf {
  readonly first: string;
  readonly count: number;
}

export interface Vnet extends Pooled {
  readonly name: string;
  readonly addresses: AddressesOf | null;
  readonly leases: number;
  readonly attributes: Readonly<Record<string, string>>;
}

export function vnetsOf(call: OneCall): readonly Vnet[] {
  const machines = call.cloud.instances(call.region.region).filter(({ address }) => address !== null);
  return [
    {
      ...{ ...oneadmin, ...providedNetwork, attributes: {}, leases: machines.length },
      addresses: { first: '127.0.0.1', count: 253 },
    },
    ...call.testbed.networks.in(placeOf(call)).map((network) => ownVnet(call, network)),
  ];
}

export const networkNamed = (call: OneCall, id: string): string =>
  vnetsOf(call).find((network) => String(network.id) === id)?.name ?? '';

function ownVnet(call: OneCall, network: Network): Vnet {
  const [subnet] = call.testbed.networks.subnetsOf(network);
  const range = subnet && rangeOf(subnet.range);
  return {
    id: Number(network.id),
    user: ownUser,
    group: ownGroup,
    name: network.name,
    addresses: range ? { first: addressOf(range.first + subnet.reserved), count: range.length - subnet.reserved - 1 } : null,
    leases: call.testbed.interfaces.in(network).filter((added) => added.network === network.id).length,
    attributes: network.labels,
  };
}

/** Who has which address of a network of the account's own: a pool does not tell (AddressRange.cc, to_xml). */
export const leasesIn = ({ testbed }: OneCall, { id }: Vnet): string =>
  testbed.interfaces
    .all()
    .filter(({ network, attachment }) => network === String(id) && attachment !== null)
    .map(
      ({ address, mac, attachment }) =>
        `<LEASE><IP>${address ?? ''}</IP><MAC>${mac}</MAC><VM>${attachment?.instance ?? ''}</VM></LEASE>`,
    )
    .join('');

export function vnetMarkup(call: OneCall, network: Vnet, leasesOf: typeof leasesIn = () => ''): string {
  const { id, user, group, name, addresses, leases, attributes } = network;
  const clusters = clustersOf(call.region).map((cluster) => `<ID>${cluster.id}</ID>`);
  const where = call.release.isFrom(5, 0)
    ? `<CLUSTERS>${clusters.join('')}</CLUSTERS>`
    : '<CLUSTER_ID>-1</CLUSTER_ID><CLUSTER></CLUSTER>';
  return [
    `<VNET><ID>${id}</ID>${ownership(user, group, call)}<NAME>${escaped(name)}</NAME>${permissions(user === ownUser ? 0 : 1)}`,
    `${where}<BRIDGE>onebr.${id}</BRIDGE><USED_LEASES>${leases}</USED_LEASES><VROUTERS></VROUTERS>`,
    `<TEMPLATE>${templateMarkup(Object.entries(attributes).map(([key, value]) => ({ name: key, value })))}</TEMPLATE>`,
    `<AR_POOL>${addresses ? rangeMarkup(addresses, leases, leasesOf(call, network)) : ''}</AR_POOL></VNET>`,
  ].join('');
}

const rangeMarkup = ({ first, count }: AddressesOf, leases: number, holders: string): string =>
  `<AR><AR_ID>0</AR_ID><IP>${first}</IP><MAC>${macOf(first)}</MAC><SIZE>${count}</SIZE><TYPE>IP4</TYPE><USED_LEASES>${leases}</USED_LEASES><LEASES>${holders}</LEASES></AR>`;

/** The smallest range in CIDR that holds these addresses, and how many lie before the first of them. */
export function rangeAround({ first, count }: AddressesOf): { readonly cidr: string; readonly reserved: number } | null {
  const start = numberOf(first);
  if (start === null || !Number.isInteger(count) || count < 1) return null;
  for (let prefix = 30; prefix >= 8; prefix -= 1) {
    const range = rangeOf(`${first}/${prefix}`);
    if (range && start + count < range.first + range.length)
      return { cidr: `${addressOf(range.first)}/${prefix}`, reserved: start - range.first };
  }
  return null;
}
