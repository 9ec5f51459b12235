import { digest, uuidOf } from '../../../cloud/digest.js';
import type { Instance } from '../../../cloud/instance.js';
import type { Interface } from '../../../cloud/network.js';
import type { Call, View } from '../call.js';
import { defaultNetwork, guestNetworksOf, netmaskOf } from './network-view.js';
import { tagViews } from './tag-view.js';

export interface Nic {
  readonly id: string;
  readonly machine: string;
  readonly region: string;
  readonly network: string;
  readonly address: string | null;
  readonly mac: string;
  readonly isDefault: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** Locally administered, as CloudStack's are. */
export const macOf = (id: string): string => `02:${(digest(id, 10).match(/../g) ?? []).join(':')}`;

/** Those of a machine: the one at which it answers first, the others once they are there. */
export function nicsOf(call: Call, instance: Instance): Nic[] {
  const own: Nic = {
    id: uuidOf(`${instance.id} nic`),
    machine: instance.id,
    region: instance.region,
    network: defaultNetwork(call.cloud.name, instance.region).id,
    address: instance.address,
    mac: macOf(instance.id),
    isDefault: true,
    labels: {},
  };
  const others = call.testbed.interfaces.of(instance).filter(({ state }) => state !== 'attaching');
  return [own, ...others.map((added) => nicOf(instance, added))];
}

const nicOf = (instance: Instance, { id, network, address, mac, labels }: Interface): Nic => ({
  id,
  machine: instance.id,
  region: instance.region,
  network,
  address,
  mac,
  isDefault: false,
  labels,
});

export function nicView(call: Call, nic: Nic): View {
  const network = guestNetworksOf(call).find(({ id }) => id === nic.network);
  return {
    id: nic.id,
    virtualmachineid: nic.machine,
    networkid: nic.network,
    networkname: network?.name,
    gateway: network?.gateway,
    netmask: network && netmaskOf(network.range),
    ipaddress: nic.address ?? undefined,
    isolationuri: 'vlan://100',
    broadcasturi: 'vlan://100',
    traffictype: 'Guest',
    type: 'Isolated',
    isdefault: nic.isDefault,
    macaddress: nic.mac,
    secondaryip: [],
    tags: tagViews('Nic', nic),
  };
}
