import { numberOf, prefixOf, rangeOf, textOf } from '../../../cloud/address-range.js';
import { inWords } from '../../../cloud/refusal.js';
import { type Call, type Handler, noSuch, type View, zoneRequired } from '../call.js';
import { failed, invalid, overLimit } from '../fault.js';
import { inJob } from '../jobs.js';
import { asked, listed } from '../listing.js';
import { joinNetwork } from './join-network.js';
import { machineCalled } from './machine-view.js';
import { guestNetworksOf, isolatedOffering, networkCalled, networkView } from './network-view.js';
import { nicsOf } from './nic-view.js';

export const listNetworkOfferings: Handler = (call) =>
  listed(call, 'networkoffering', asked(call, [isolatedOffering]), ({ id, name }) => ({
    id,
    name,
    displaytext: 'Offering for Isolated networks with Source Nat service enabled',
    traffictype: 'Guest',
    isdefault: true,
    specifyvlan: false,
    conservemode: true,
    specifyipranges: false,
    availability: 'Required',
    networkrate: 200,
    state: 'Enabled',
    guestiptype: 'Isolated',
    forvpc: false,
    service: [],
  }));

export const listNetworks: Handler = (call) =>
  listed(call, 'network', asked(call, guestNetworksOf(call)), (network) => networkView(call, network));

/** CreateNetworkCmd: no job. */
export const createNetwork: Handler = (call) => {
  const { params, testbed, cloud } = call;
  const { region } = zoneRequired(call);
  const [name, description] = [params.require('name'), params.require('displaytext')];
  const offering = params.require('networkofferingid');
  if (offering !== isolatedOffering.id) throw noSuch(call, 'networkofferingid', offering);
  const { range, gateway } = rangeAsked(call);
  const place = { id: testbed.ids.next(), cloud: cloud.name, region, name, description, labels: {} };
  const network = inWords({ quota: () => overLimit('network') }, () => testbed.networks.create({ ...place, range }));
  const subnet = { ...place, id: testbed.ids.next(), network: network.id, zone: null, range, gateway, reserved: 1 };
  testbed.networks.createSubnet(subnet, network);
  return { network: networkView(call, networkCalled(call, 'id', network.id)) };
};

/** Gateway and netmask, both or none (NetworkServiceImpl.createGuestNetwork). @throws CloudStackFault 431 */
function rangeAsked({ params }: Call): { readonly range: string; readonly gateway: string } {
  const [gateway, netmask] = [params.get('gateway'), params.get('netmask')];
  if (gateway === undefined && netmask === undefined) return { range: '10.1.1.0/24', gateway: '10.1.1.1' };
  const range = rangeOf(`${String(gateway)}/${prefixOfMask(String(netmask))}`);
  if (range && prefixOf(range) >= 8 && prefixOf(range) <= 29) return { range: textOf(range), gateway: String(gateway) };
  throw invalid(`Invalid gateway ${String(gateway)} or netmask ${String(netmask)} for the network`);
}

/** NaN for what is no netmask. */
function prefixOfMask(netmask: string): number {
  const mask = numberOf(netmask);
  return mask === null ? Number.NaN : 32 - Math.log2(2 ** 32 - mask);
}

export const deleteNetwork: Handler = (call) => {
  const { id, region } = networkCalled(call, 'id');
  const own = call.testbed.networks.get({ cloud: call.cloud.name, region }, id);
  return inJob(call, 'None', id, () => {
    // NetworkOrchestrator.destroyNetwork
    const inUse = () => failed("Can't delete the network, not all user vms are expunged.");
    if (!own) throw inUse();
    inWords({ 'in-use': inUse }, () => {
      call.testbed.networks.delete(own);
    });
    return null;
  });
};

/** AddNicToVMCmd */
export const addNicToVirtualMachine: Handler = (call) => {
  const machine = machineCalled(call, 'virtualmachineid');
  const network = networkCalled(call, 'networkid');
  const address = call.params.get('ipaddress');
  if (address !== undefined && numberOf(address) === null) throw invalid('Invalid format for IP address parameter: ' + address);
  return inJob(call, 'VirtualMachine', machine.id, () => {
    if (!['running', 'stopped', 'rebooting'].includes(machine.state))
      throw failed(`VM ${machine.id} is not in a state to add a nic: it must be running or stopped`);
    return joinNetwork(call, network, machine, address).change;
  });
};

/** RemoveNicFromVMCmd */
export const removeNicFromVirtualMachine: Handler = (call): View => {
  const machine = machineCalled(call, 'virtualmachineid');
  const id = call.params.require('nicid');
  const nic = nicsOf(call, machine).find((candidate) => candidate.id === id);
  if (!nic) throw noSuch(call, 'nicid', id);
  const added = call.testbed.interfaces.of(machine).find((candidate) => candidate.id === id);
  return inJob(call, 'VirtualMachine', machine.id, () => {
    if (!added) throw invalid(`Unable to remove nic from ${machine.id}: it is the default nic`);
    if (added.state === 'detaching') return added.change;
    return inWords({ 'wrong-state': () => failed(`The nic ${id} is ${added.state}`) }, () =>
      call.testbed.interfaces.detach(added),
    ).change;
  });
};
