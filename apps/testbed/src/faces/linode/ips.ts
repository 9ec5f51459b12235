import { Type } from '@sinclair/typebox';
import type { Instance } from '../../cloud/instance.js';
import type { PublicAddress } from '../../cloud/public-addresses.js';
import { inWords } from '../../cloud/refusal.js';
import type { Call, Handler } from './api.js';
import { readBody } from './body.js';
import { badRequest, notFound } from './errors.js';
import { findInstance } from './instances.js';

/** How many a region gives an account beside those that its Linodes come with. */
const most = 16;

/** List networking information. */
export const listAddresses: Handler = (call) => {
  const instance = findInstance(call);
  return {
    ipv4: { public: addressesOf(call, instance), private: [], shared: [], reserved: [], vpc: [] },
    ipv6: { link_local: null, slaac: null, global: [] },
  };
};

export const showAddress: Handler = (call) => {
  const found = addressesOf(call, findInstance(call)).find(({ address }) => address === call.params.address);
  if (!found) throw notFound();
  return found;
};

const Body = Type.Object({ type: Type.Literal('ipv4'), public: Type.Boolean() });

/** Allocate an IPv4 address: public ones are few. */
export const addAddress: Handler = (call) => {
  const { testbed, cloud } = call;
  const instance = findInstance(call);
  if (!readBody(Body, call).public) throw badRequest('Private addresses are not available in this region.');
  const refused = () =>
    badRequest('Additional IPv4 addresses require technical justification. Please contact support describing your requirement.');
  const own = inWords({ quota: refused, 'no-capacity': refused }, () => {
    const order = { id: testbed.ids.next(), cloud: cloud.name, region: instance.region, description: '', labels: {} };
    return testbed.publicAddresses.assign(testbed.publicAddresses.take(order, most), instance, testbed.ids.next());
  });
  return addressView(instance, own.address);
};

/** Delete an IPv4 address: never the one that the Linode came with. */
export const deleteAddress: Handler = (call) => {
  const instance = findInstance(call);
  if (instance.address === call.params.address) throw badRequest('A Linode must have at least one public IPv4 address.');
  const own = addedTo(call, instance).find(({ address }) => address === call.params.address);
  if (!own) throw notFound();
  call.testbed.publicAddresses.giveBack(own);
  return {};
};

export const addedTo = ({ testbed }: Call, instance: Instance): PublicAddress[] => testbed.publicAddresses.of(instance);

function addressesOf(call: Call, instance: Instance) {
  const addresses = [instance.address, ...addedTo(call, instance).map(({ address }) => address)];
  return addresses.filter((address) => address !== null).map((address) => addressView(instance, address));
}

const addressView = ({ id, region }: Instance, address: string) => ({
  address,
  gateway: address.replace(/\d+$/, '1'),
  subnet_mask: '255.255.255.0',
  prefix: 24,
  type: 'ipv4',
  public: true,
  rdns: null,
  linode_id: Number(id),
  region,
  vpc_nat_1_1: null,
});
