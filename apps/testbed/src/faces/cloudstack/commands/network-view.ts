import { rangeOf } from '../../../cloud/address-range.js';
import { uuidOf } from '../../../cloud/digest.js';
import { account, type Call, noSuch, type View, zoneView } from '../call.js';
import { tagViews } from './tag-view.js';

export interface GuestNetwork {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly region: string;
  readonly range: string;
  readonly gateway: string;
  readonly labels: Readonly<Record<string, string>>;
}

export const isolatedOffering = {
  id: uuidOf('network offering isolated'),
  name: 'DefaultIsolatedNetworkOfferingWithSourceNatService',
};

/** The network that the account has in every zone from the beginning, in which its machines stand. */
export const defaultNetwork = (cloud: string, region: string): GuestNetwork => ({
  id: uuidOf(`${cloud} ${region} default network`),
  name: 'default',
  text: 'default network of the account',
  region,
  range: '10.1.1.0/24',
  gateway: '10.1.1.1',
  labels: {},
});

export const guestNetworksOf = ({ testbed, cloud }: Pick<Call, 'testbed' | 'cloud'>): GuestNetwork[] => [
  ...cloud.profile.regions.map(({ region }) => defaultNetwork(cloud.name, region)),
  ...testbed.networks
    .all()
    .filter((network) => network.cloud === cloud.name)
    .map((network) => ({
      id: network.id,
      name: network.name,
      text: network.description,
      region: network.region,
      range: network.range ?? '',
      gateway: testbed.networks.subnetsOf(network)[0]?.gateway ?? '',
      labels: network.labels,
    })),
];

/** @throws CloudStackFault 431 */
export function networkCalled(call: Call, parameter: string, id = call.params.require(parameter)): GuestNetwork {
  const network = guestNetworksOf(call).find((candidate) => candidate.id === id);
  if (!network) throw noSuch(call, parameter, id);
  return network;
}

const services = ['Dhcp', 'Dns', 'Firewall', 'Lb', 'PortForwarding', 'SourceNat', 'StaticNat', 'UserData', 'Vpn'];

export const networkView = ({ cloud, testbed }: Call, network: GuestNetwork): View => ({
  id: network.id,
  name: network.name,
  displaytext: network.text,
  broadcastdomaintype: 'Vlan',
  traffictype: 'Guest',
  gateway: network.gateway,
  netmask: netmaskOf(network.range),
  cidr: network.range,
  ...zoneView(cloud, network.region),
  networkofferingid: isolatedOffering.id,
  networkofferingname: isolatedOffering.name,
  networkofferingavailability: 'Required',
  issystem: false,
  state: testbed.interfaces.all().some((added) => added.network === network.id) ? 'Implemented' : 'Allocated',
  related: network.id,
  type: 'Isolated',
  acltype: 'Account',
  subdomainaccess: true,
  ...account,
  service: services.map((name) => ({ name })),
  restartrequired: false,
  specifyipranges: false,
  canusefordeploy: true,
  ispersistent: false,
  tags: tagViews('Network', network),
});

/** `10.1.1.0/24`: 255.255.255.0 */
export function netmaskOf(range: string): string {
  const length = rangeOf(range)?.length ?? 1;
  return [24, 16, 8, 0].map((shift) => Math.floor((2 ** 32 - length) / 2 ** shift) % 256).join('.');
}
