import { digest } from '../../../cloud/digest.js';
import { type Instance, type InstanceState, occupiesRoom } from '../../../cloud/instance.js';
import type { XmlFields } from '../xml.js';
import type { Ec2Call } from './action.js';
import { primaryInterface, privateNameOf } from './default-vpc.js';
import { instanceInterfaceView } from './network-interface-view.js';
import { spotRequestOf } from './spot-requests.js';
import { attachmentStatusOf, tagSetOf } from './volume-view.js';

const states = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
} as const;
export type Ec2State = keyof typeof states;

const stateOf: Readonly<Record<InstanceState, Ec2State>> = {
  booting: 'pending',
  starting: 'pending',
  resuming: 'pending',
  running: 'running',
  rebooting: 'running',
  stopping: 'stopping',
  suspending: 'stopping',
  stopped: 'stopped',
  suspended: 'stopped',
  pausing: 'stopping',
  paused: 'stopped',
  unpausing: 'pending',
  resizing: 'pending',
  resized: 'running',
  reverting: 'pending',
  deleting: 'shutting-down',
  terminated: 'terminated',
  error: 'terminated',
};

export const ec2StateOf = ({ state }: Instance): Ec2State => stateOf[state];

export const stateView = (state: Ec2State): XmlFields => ({ code: states[state], name: state });

/** The elements of an `instancesSet/item`. */
export function instanceView(call: Ec2Call, instance: Instance): XmlFields {
  const state = ec2StateOf(instance);
  return {
    instanceId: instance.id,
    imageId: instance.image,
    instanceState: instance.odd ? { code: 272, name: instance.odd } : stateView(state),
    privateDnsName: privateNameOf(instance),
    reason: '',
    keyName: instance.keyName,
    amiLaunchIndex: 0,
    instanceType: instance.size,
    launchTime: new Date(instance.createdAt).toISOString(),
    placement: { availabilityZone: instance.zone, groupName: '', tenancy: 'default' },
    monitoring: { state: 'disabled' },
    privateIpAddress: instance.address,
    ipAddress: publicAddressOf(call, instance),
    stateReason: stateReasonOf(instance),
    architecture: call.cloud.size(instance.region, instance.size)?.architecture,
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    blockDeviceMapping: blockDevicesOf(call, instance),
    ...networkOf(call, instance),
    virtualizationType: 'hvm',
    clientToken: instance.request?.token ?? '',
    tagSet: tagSetOf(instance.labels),
    hypervisor: 'xen',
    instanceLifecycle: instance.spot ? 'spot' : undefined,
    spotInstanceRequestId: instance.spot ? spotRequestOf(instance) : undefined,
  };
}

/** A public address of the account's own takes the place of the one that a machine comes with. */
export const publicAddressOf = ({ testbed }: Ec2Call, instance: Instance): string | null | undefined =>
  testbed.publicAddresses.of(instance)[0]?.address ?? (ec2StateOf(instance) === 'running' ? instance.address : undefined);

/** Why it has ended, where that was not its owner's doing (EC2 API reference, StateReason). */
function stateReasonOf(instance: Instance): XmlFields | undefined {
  const state = ec2StateOf(instance);
  if (instance.interruption?.carriedOut && (state === 'shutting-down' || state === 'terminated'))
    return {
      code: 'Server.SpotInstanceTermination',
      message: 'Server.SpotInstanceTermination: Spot instance termination',
    };
  if (state !== 'terminated' || !instance.fault) return undefined;
  return { code: 'Server.InternalError', message: `Server.InternalError: ${instance.fault.message}` };
}

/** EC2 forgets where a terminated instance was. */
function networkOf(call: Ec2Call, instance: Instance): XmlFields {
  if (!call.dialect.vpc) return {};
  if (!occupiesRoom(instance)) return { networkInterfaceSet: [] };
  const primary = primaryInterface(call, instance);
  const all = [primary, ...call.testbed.interfaces.of(instance)];
  return {
    vpcId: primary.network,
    subnetId: primary.subnet,
    networkInterfaceSet: all.map((shown) => instanceInterfaceView(call, shown)),
  };
}

/** The volumes attached; the root disk is no volume here. */
const blockDevicesOf = ({ testbed }: Ec2Call, instance: Instance) =>
  testbed.volumes.of(instance).map((volume) => ({
    deviceName: volume.attachment?.device,
    ebs: {
      volumeId: volume.id,
      status: attachmentStatusOf(volume),
      attachTime: volume.attachment && new Date(volume.attachment.at).toISOString(),
      deleteOnTermination: false,
    },
  }));

export const reservationOf = (instance: Instance): string => instance.request?.reservation ?? `r-${digest(instance.id, 17)}`;

/** Machines by the reservation that answers for them. */
export function byReservation(instances: readonly Instance[]): ReadonlyMap<string, readonly Instance[]> {
  const reservations = new Map<string, Instance[]>();
  for (const instance of instances) {
    const id = reservationOf(instance);
    reservations.set(id, [...(reservations.get(id) ?? []), instance]);
  }
  return reservations;
}
