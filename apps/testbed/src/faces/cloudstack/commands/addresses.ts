import { inWords, Refusal } from '../../../cloud/refusal.js';
import type { Instance } from '../../../cloud/instance.js';
import { account, type Call, type Handler, noSuch, type PublicAddress, timeOf, type View, zoneAsked, zoneView } from '../call.js';
import { CloudStackFault, invalid, overLimit } from '../fault.js';
import { begin, inJob } from '../jobs.js';
import { asked, listed } from '../listing.js';
import { machineCalled } from './machine-view.js';
import { defaultNetwork, guestNetworksOf, networkCalled } from './network-view.js';
import { nicsOf } from './nic-view.js';
import { tagViews } from './tag-view.js';

/** TEST-NET-3 (RFC 5737): addresses that nobody has. */
const publicNetwork = '203.0.113';

/** AssociateIPAddrCmd: for the network named, else for the default one of the zone. */
export const associateIpAddress: Handler = (call) => {
  const { params, testbed, cloud, store } = call;
  const zone = zoneAsked(call);
  if (params.get('networkid') === undefined && !zone)
    throw invalid('Unable to figure out zone to assign ip to. Please specify either zoneId, or networkId, or vpcId in the call');
  const network =
    params.get('networkid') === undefined ? defaultNetwork(cloud.name, zone?.region ?? '') : networkCalled(call, 'networkid');
  inWords({ quota: () => overLimit('public_ip') }, () => {
    if (testbed.faults.strike('quota', { cloud: cloud.name, region: network.region }))
      throw new Refusal('quota', 'No further address is allowed.');
  });
  const address = store.addresses.save({
    id: testbed.ids.next(),
    cloud: cloud.name,
    region: network.region,
    address: freeAddress(call),
    network: network.id,
    machine: null,
    labels: {},
    createdAt: testbed.clock.now(),
  });
  return { id: address.id, jobid: begin(call, { subject: 'IpAddress', subjectId: address.id, change: null }).id };
};

function freeAddress({ store, cloud }: Call): string {
  const taken = store.addresses.of(cloud.name).map(({ address }) => address);
  for (let host = 1; host < 255; host += 1) {
    const address = `${publicNetwork}.${host}`;
    if (!taken.includes(address)) return address;
  }
  throw new CloudStackFault(533, 'Insufficient address capacity', 4340);
}

export const listPublicIpAddresses: Handler = (call) => {
  const { params } = call;
  const [ip, nat, network] = [params.get('ipaddress'), params.get('isstaticnat'), params.get('associatednetworkid')];
  const named = call.store.addresses.of(call.cloud.name).map((address) => ({ ...address, name: address.address }));
  const meant = asked(call, named).filter(
    (address) =>
      (ip ?? address.address) === address.address &&
      (network ?? address.network) === address.network &&
      (nat === undefined || nat === String(machineOf(call, address) !== undefined)),
  );
  return listed(call, 'publicipaddress', meant, (address) => addressView(call, address));
};

/** EnableStaticNatCmd: no job. Asked again for the same machine it is content. */
export const enableStaticNat: Handler = (call) => {
  const address = addressCalled(call, 'ipaddressid');
  const machine = machineCalled(call, 'virtualmachineid');
  const holder = machineOf(call, address);
  if (holder && holder.id !== machine.id)
    throw invalid(`Can't enable static, ip address ${address.address} is already used for static NAT of another vm`);
  if (!['running', 'stopped', 'rebooting'].includes(machine.state))
    throw invalid(`VM ${machine.id} must be running or stopped for static NAT`);
  const other = call.store.addresses.of(call.cloud.name).find((one) => one.machine === machine.id && one.id !== address.id);
  if (other)
    throw invalid(
      `Failed to enable static nat for the ip address id=${address.id} as vm already has static nat with ${other.address}`,
    );
  if (!nicsOf(call, machine).some((nic) => nic.network === address.network))
    throw invalid(`Vm ${machine.id} doesn't belong to network ${address.network}`);
  call.store.addresses.save({ ...address, machine: machine.id });
  return { success: true };
};

export const disableStaticNat: Handler = (call) => {
  const address = addressCalled(call, 'ipaddressid');
  return inJob(call, 'None', address.id, () => {
    if (address.machine === null) throw invalid(`Specified IP address id=${address.id} is not associated with any vm Id`);
    call.store.addresses.save({ ...address, machine: null });
    return null;
  });
};

/** DisassociateIPAddrCmd: its static NAT goes with it. */
export const disassociateIpAddress: Handler = (call) => {
  const address = addressCalled(call, 'id');
  return inJob(call, 'None', address.id, () => {
    call.store.addresses.forget(address);
    return null;
  });
};

/** @throws CloudStackFault 431 */
function addressCalled(call: Call, parameter: string): PublicAddress {
  const id = call.params.require(parameter);
  const address = call.store.addresses.get(call.cloud.name, id);
  if (!address) throw noSuch(call, parameter, id);
  return address;
}

/** A machine that is gone has lost its address. */
function machineOf({ testbed }: Call, { machine }: PublicAddress): Instance | undefined {
  const instance = machine === null ? undefined : testbed.fleet.get(machine);
  return instance?.state === 'terminated' ? undefined : instance;
}

export function addressView(call: Call, address: PublicAddress): View {
  const machine = machineOf(call, address);
  const network = guestNetworksOf(call).find(({ id }) => id === address.network);
  return {
    id: address.id,
    ipaddress: address.address,
    allocated: timeOf(address.createdAt),
    ...zoneView(call.cloud, address.region),
    issourcenat: false,
    ...account,
    forvirtualnetwork: true,
    isstaticnat: machine !== undefined,
    issystem: false,
    ...(machine
      ? {
          virtualmachineid: machine.id,
          virtualmachinename: machine.name,
          virtualmachinedisplayname: machine.name,
          vmipaddress: machine.address,
        }
      : {}),
    associatednetworkid: address.network,
    associatednetworkname: network?.name,
    state: 'Allocated',
    tags: tagViews('PublicIpAddress', address),
  };
}
