import type { Instance } from '../../../cloud/instance.js';
import type { Interface } from '../../../cloud/network.js';
import { inWords } from '../../../cloud/refusal.js';
import type { Call } from '../call.js';
import { CloudStackFault, invalid } from '../fault.js';
import type { GuestNetwork } from './network-view.js';
import { macOf, nicsOf } from './nic-view.js';

/** Gives a machine a NIC in another network, which goes with it. @throws CloudStackFault */
export function joinNetwork(call: Call, network: GuestNetwork, instance: Instance, address: string | undefined): Interface {
  const { testbed } = call;
  if (nicsOf(call, instance).some((nic) => nic.network === network.id))
    throw invalid(`A NIC already exists for VM:${instance.name} in network: ${network.id}`);
  const [subnet] = testbed.networks
    .subnetsIn(network.region === instance.region ? instance : { cloud: '', region: '' })
    .filter((candidate) => candidate.network === network.id);
  if (!subnet) throw invalid(`Network id=${network.id} is not in the zone of the virtual machine`);
  const id = testbed.ids.next();
  const words = {
    quota: () => new CloudStackFault(535, 'No further network interface is allowed.'),
    'no-capacity': (message: string) => new CloudStackFault(533, `Unable to acquire a guest IP address. ${message}`),
    'out-of-range': (message: string) => invalid(`The requested IP is not in the network's range. ${message}`),
    taken: (message: string) => invalid(`The requested IP address is already used. ${message}`),
  };
  return inWords(words, () => {
    const added = testbed.interfaces.create({
      id,
      cloud: instance.cloud,
      region: instance.region,
      name: '',
      description: '',
      labels: {},
      network: network.id,
      subnet,
      address: address ?? null,
      mac: macOf(id),
      passing: true,
      request: null,
    });
    return testbed.interfaces.attach(added, instance, { id, index: testbed.interfaces.freeIndex(instance) });
  });
}
