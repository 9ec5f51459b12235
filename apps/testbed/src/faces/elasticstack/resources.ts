import type { PublicAddress } from '../../cloud/public-addresses.js';
import type { Call, Handler } from './call.js';
import { busy, missing, usage } from './fault.js';
import { serversOf } from './find-drive.js';
import { expectKeys, type Shown } from './pairs.js';
import { inPlace, type Vlan } from './stores.js';

const mostAddresses = 10;

/** Static addresses and private networks. An address is its own name. */
export const listResources: Handler = (call) => ({
  names: resourcesOf(call, call.params.type).map(({ type, resource }) =>
    call.params.type === undefined ? `${type} ${resource}` : String(resource),
  ),
});
export const showResources: Handler = (call) => ({ things: resourcesOf(call, call.params.type) });
export const showResource: Handler = (call) => ({ thing: resourceCalled(call) });

export const createResource: Handler = (call) => {
  expectKeys(call.pairs, [/^name$/]);
  const { testbed, place, stores } = call;
  const { name = '' } = call.pairs;
  if (call.params.type === 'ip') {
    const order = { id: testbed.ids.next(), ...place, description: name, labels: {} };
    return { thing: addressView(call, testbed.publicAddresses.take(order, mostAddresses)) };
  }
  expectType(call.params.type);
  if (name === '') throw usage('name: required');
  return { thing: vlanView(call, stores.vlans.save({ id: testbed.ids.next(), ...place, name })) };
};

export const setResource: Handler = (call) => {
  expectKeys(call.pairs, [/^name$/]);
  const { resource } = resourceCalled(call);
  const { name = '' } = call.pairs;
  const address = addressNamed(call, String(resource));
  if (address) return { thing: addressView(call, call.testbed.publicAddresses.describe(address, name)) };
  return { thing: vlanView(call, call.stores.vlans.save({ id: String(resource), ...call.place, name })) };
};

export const destroyResource: Handler = (call) => {
  const resource = String(resourceCalled(call).resource);
  const user = serversOf(call).find(({ labels }) =>
    ['nic:0:dhcp', 'nic:0:vlan', 'nic:1:vlan'].some((key) => labels[key] === resource),
  );
  if (user) throw busy(`${call.params.type ?? ''} ${resource} is in use by ${user.id}`);
  const address = addressNamed(call, resource);
  if (address) call.testbed.publicAddresses.giveBack(address);
  else call.stores.vlans.forget({ id: resource });
  return undefined;
};

function resourcesOf(call: Call, type: string | undefined): readonly Shown[] {
  if (type !== undefined) expectType(type);
  const addresses = call.testbed.publicAddresses.in(call.place).map((address) => addressView(call, address));
  const vlans = inPlace(call.stores.vlans.all(), call.place).map((vlan) => vlanView(call, vlan));
  return [...(type === 'vlan' ? [] : addresses), ...(type === 'ip' ? [] : vlans)];
}

function resourceCalled(call: Call): Shown {
  const { type, resource } = call.params;
  const found = resourcesOf(call, type).find((candidate) => candidate.resource === resource);
  if (!found) throw missing(`${type ?? ''} ${resource ?? ''}`);
  return found;
}

/** @throws ElasticFault missing */
function expectType(type: string | undefined): void {
  if (type !== 'ip' && type !== 'vlan') throw missing(`resource type ${type ?? ''}`);
}

const addressNamed = ({ testbed, place }: Call, address: string): PublicAddress | undefined =>
  testbed.publicAddresses.in(place).find((taken) => taken.address === address);

const addressView = ({ user }: Call, { address, description }: PublicAddress): Shown => ({
  gateway: address.replace(/\d+$/, '254'),
  ...(description === '' ? {} : { name: description }),
  nameserver: address.replace(/\d+$/, '254'),
  netmask: '255.255.255.0',
  resource: address,
  type: 'ip',
  user,
});

const vlanView = ({ user }: Call, { id, name }: Vlan): Shown => ({ name, resource: id, type: 'vlan', user });
