import type { Interface, InterfaceState } from '../../../cloud/network.js';
import { notThere } from '../ec2-error.js';
import type { XmlFields } from '../xml.js';
import type { Ec2Call } from './action.js';
import { primaryInterfaces, privateNameOf } from './default-vpc.js';
import { tagSetOf } from './volume-view.js';

/** What EC2 calls the state of an attachment. */
const attachmentStatuses: Readonly<Record<InterfaceState, string>> = {
  available: 'detached',
  attaching: 'attaching',
  'in-use': 'attached',
  detaching: 'detaching',
};

export const interfaceStatusOf = ({ attachment }: Interface): string => (attachment ? 'in-use' : 'available');
export const interfaceAttachmentStatusOf = ({ state }: Interface): string => attachmentStatuses[state];

/** The elements of a `networkInterfaceSet/item`. */
export function interfaceView(call: Ec2Call, shown: Interface): XmlFields {
  const address = { privateIpAddress: shown.address, privateDnsName: privateNameOf(shown) };
  return {
    networkInterfaceId: shown.id,
    subnetId: shown.subnet,
    vpcId: shown.network,
    availabilityZone: shown.zone,
    description: shown.description,
    ownerId: call.cloud.name,
    requesterManaged: false,
    status: interfaceStatusOf(shown),
    macAddress: shown.mac,
    ...address,
    sourceDestCheck: true,
    groupSet: [],
    attachment: shown.attachment && {
      ...attachmentView(shown),
      instanceId: shown.attachment.instance,
      instanceOwnerId: call.cloud.name,
    },
    tagSet: tagSetOf(shown.labels),
    privateIpAddressesSet: [{ ...address, primary: true }],
    ipv6AddressesSet: [],
    interfaceType: 'interface',
  };
}

/** The same as an instance shows it among its own (EC2 API reference, InstanceNetworkInterface). */
export const instanceInterfaceView = (call: Ec2Call, shown: Interface): XmlFields => ({
  ...interfaceView(call, shown),
  availabilityZone: undefined,
  tagSet: undefined,
  attachment: attachmentView(shown),
});

function attachmentView(shown: Interface): XmlFields {
  const { attachment } = shown;
  return {
    attachmentId: attachment?.id,
    deviceIndex: attachment?.index,
    networkCardIndex: 0,
    status: interfaceAttachmentStatusOf(shown),
    attachTime: attachment && new Date(attachment.at).toISOString(),
    deleteOnTermination: shown.passing,
  };
}

export const interfacesOf = (call: Ec2Call): Interface[] => [
  ...primaryInterfaces(call),
  ...call.testbed.interfaces.in({ cloud: call.cloud.name, region: call.region.region }),
];

/** @throws Ec2Error InvalidNetworkInterfaceID.NotFound */
export function interfaceCalled(call: Ec2Call, id: string): Interface {
  const found = interfacesOf(call).find((candidate) => candidate.id === id);
  if (!found) throw notThere('InvalidNetworkInterfaceID', `The networkInterface ID '${id}' does not exist`);
  return found;
}

/** The interface of the parameter NetworkInterfaceId. @throws Ec2Error MissingParameter, InvalidNetworkInterfaceID.NotFound */
export const interfaceNamed = (call: Ec2Call): Interface => interfaceCalled(call, call.query.require('NetworkInterfaceId'));
