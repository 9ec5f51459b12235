import type { PublicAddress } from '../../../cloud/public-addresses.js';
import { inWords } from '../../../cloud/refusal.js';
import { newId } from '../dialect.js';
import { Ec2Error, invalidValue, notThere } from '../ec2-error.js';
import { type FilterFields, filtered } from '../selecting.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { addressAt, addressCalled, addressesIn, addressNamed, addressView } from './address-view.js';
import { ec2StateOf } from './instance-view.js';
import { instanceNamed } from './named-instances.js';

/** What an account has in a region unless it asks for more (EC2 guide, Elastic IP addresses). */
const mostAddresses = 5;

const addressFilters: FilterFields<PublicAddress> = {
  'allocation-id': ({ id }) => id,
  'association-id': ({ holder }) => holder?.id,
  'instance-id': ({ holder }) => holder?.instance,
  'private-ip-address': ({ holder }) => holder?.target,
  'public-ip': ({ address }) => address,
};

export const describeAddresses: Ec2Action = (call) => {
  const { query, dialect } = call;
  const named = [
    ...query.list('AllocationId').map((id) => addressCalled(call, id)),
    ...query.list('PublicIp').map((address) => addressAt(call, address)),
  ];
  const candidates = named.length > 0 ? named : addressesIn(call);
  const fields = { ...addressFilters, domain: () => domainOf(call) };
  const asked = filtered(candidates, query, fields, dialect.vpc ? ({ labels }) => labels : undefined);
  return { addressesSet: asked.map((taken) => addressView(call, taken)) };
};

export const allocateAddress: Ec2Action = (call) => {
  const { testbed, cloud, region, query, dialect } = call;
  const domain = query.get('Domain') ?? domainOf(call);
  if (domain !== domainOf(call)) throw invalidValue(`Invalid value '${domain}' for domain.`);
  const labels = query.tagsFor('elastic-ip');
  const order = { id: newId(call, 'eipalloc'), cloud: cloud.name, region: region.region, description: '', labels };
  const taken = inWords(words, () => testbed.publicAddresses.take(order, mostAddresses));
  if (!dialect.vpc) return { publicIp: taken.address, domain };
  return {
    publicIp: taken.address,
    domain,
    allocationId: taken.id,
    publicIpv4Pool: 'amazon',
    networkBorderGroup: region.region,
  };
};

/** In a VPC an address that another machine has is taken from it only when that is allowed, or it is the same machine. */
export const associateAddress: Ec2Action = (call) => {
  const { testbed, query, dialect } = call;
  const taken = addressNamed(call);
  const instance = instanceNamed(call);
  const state = ec2StateOf(instance);
  if (state !== 'running' && (state !== 'stopped' || !dialect.vpc))
    throw new Ec2Error('InvalidInstanceID', `The instance '${instance.id}' is not in a valid state: it is '${state}'.`);
  if (taken.holder?.instance === instance.id) return associated(call, taken);
  if (taken.holder && dialect.vpc && query.get('AllowReassociation') !== 'true')
    throw new Ec2Error(
      'Resource.AlreadyAssociated',
      `resource ${taken.id} is already associated with associate-id ${taken.holder.id}`,
    );
  for (const former of testbed.publicAddresses.of(instance)) testbed.publicAddresses.unassign(former);
  return associated(call, testbed.publicAddresses.assign(taken, instance, newId(call, 'eipassoc')));
};

export const disassociateAddress: Ec2Action = (call) => {
  const { testbed, query } = call;
  const association = query.get('AssociationId');
  const taken =
    association === undefined ? addressNamed(call) : addressesIn(call).find(({ holder }) => holder?.id === association);
  if (!taken) throw notThere('InvalidAssociationID', `The association ID '${String(association)}' does not exist`);
  testbed.publicAddresses.unassign(taken);
  return { return: true };
};

export const releaseAddress: Ec2Action = (call) => {
  const taken = addressNamed(call);
  // Outside of a VPC an address may be given back while a machine has it (EC2 API reference, ReleaseAddress).
  if (taken.holder && call.dialect.vpc)
    throw new Ec2Error('InvalidIPAddress.InUse', `Address ${taken.address} is in use by association ${taken.holder.id}.`);
  call.testbed.publicAddresses.giveBack(taken);
  return { return: true };
};

const domainOf = ({ dialect }: Ec2Call): string => (dialect.vpc ? 'vpc' : 'standard');

const associated = ({ dialect }: Ec2Call, { holder }: PublicAddress) => ({
  return: true,
  associationId: dialect.vpc ? holder?.id : undefined,
});

const words = {
  quota: () => new Ec2Error('AddressLimitExceeded', 'The maximum number of addresses has been reached.'),
  'no-capacity': () =>
    new Ec2Error('InsufficientAddressCapacity', 'Not enough available addresses to satisfy your request.', 500),
};
