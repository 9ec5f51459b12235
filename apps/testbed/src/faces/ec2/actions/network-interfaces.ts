import type { Interface } from '../../../cloud/network.js';
import { inWords } from '../../../cloud/refusal.js';
import { newId } from '../dialect.js';
import { Ec2Error, invalidValue } from '../ec2-error.js';
import { type FilterFields, filtered, paged } from '../selecting.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { earlierBy } from './client-token.js';
import { macOf } from './default-vpc.js';
import {
  interfaceAttachmentStatusOf,
  interfaceCalled,
  interfaceNamed,
  interfacesOf,
  interfaceStatusOf,
  interfaceView,
} from './network-interface-view.js';
import { subnetCalled } from './subnets.js';

const interfaceFilters: FilterFields<Interface> = {
  'network-interface-id': ({ id }) => id,
  'vpc-id': ({ network }) => network,
  'subnet-id': ({ subnet }) => subnet,
  'availability-zone': ({ zone }) => zone,
  status: interfaceStatusOf,
  description: ({ description }) => description,
  'mac-address': ({ mac }) => mac,
  'private-ip-address': ({ address }) => address,
  'addresses.private-ip-address': ({ address }) => address,
  'attachment.attachment-id': ({ attachment }) => attachment?.id,
  'attachment.instance-id': ({ attachment }) => attachment?.instance,
  'attachment.device-index': ({ attachment }) => attachment && String(attachment.index),
  'attachment.status': (shown) => shown.attachment && interfaceAttachmentStatusOf(shown),
};

export const describeNetworkInterfaces: Ec2Action = (call) => {
  const { query } = call;
  const ids = query.list('NetworkInterfaceId');
  const candidates = ids.length > 0 ? ids.map((id) => interfaceCalled(call, id)) : interfacesOf(call);
  const asked = filtered(candidates, query, interfaceFilters, ({ labels }) => labels);
  const { items, nextToken } = paged(asked, call, { least: 5, most: 1000, fallback: 1000 });
  return { networkInterfaceSet: items.map((shown) => interfaceView(call, shown)), nextToken };
};

/** The same ClientToken answers with the same interface (EC2 guide, Ensuring idempotency). */
export const createNetworkInterface: Ec2Action = (call) => {
  const { testbed, query } = call;
  const place = { cloud: call.cloud.name, region: call.region.region };
  const earlier = earlierBy(query, testbed.interfaces.in(place));
  return { networkInterface: interfaceView(call, earlier ?? make(call)), clientToken: query.get('ClientToken') };
};

export const deleteNetworkInterface: Ec2Action = (call) => {
  const unwanted = interfaceNamed(call);
  const inUse = (): Ec2Error => invalidValue(`Network interface '${unwanted.id}' is currently in use.`);
  inWords({ 'in-use': inUse }, () => {
    call.testbed.interfaces.delete(unwanted);
  });
  return { return: true };
};

function make(call: Ec2Call): Interface {
  const { testbed, cloud, region, query } = call;
  const subnet = subnetCalled(call, query.require('SubnetId'));
  const id = newId(call, 'eni');
  const labels = query.tagsFor('network-interface');
  const order = {
    id,
    cloud: cloud.name,
    region: region.region,
    name: labels.Name ?? '',
    description: query.get('Description') ?? '',
    labels,
    network: subnet.network,
    subnet,
    address: query.get('PrivateIpAddress') ?? null,
    mac: macOf(id),
    passing: false,
    request: { token: query.get('ClientToken') ?? null, digest: query.digest() },
  };
  return inWords(creationWords, () => testbed.interfaces.create(order));
}

const creationWords = {
  quota: () => new Ec2Error('NetworkInterfaceLimitExceeded', 'The maximum number of network interfaces has been reached.'),
  'no-capacity': () =>
    new Ec2Error(
      'InsufficientFreeAddressesInSubnet',
      'The specified subnet does not have enough free addresses to satisfy the request.',
    ),
  'out-of-range': (message: string) => invalidValue(`Address does not fall within the subnet's address range. ${message}`),
  taken: (message: string) => new Ec2Error('InvalidIPAddress.InUse', message),
};
