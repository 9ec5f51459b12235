import type { Size } from '../../../catalogue/size.js';
import { digest } from '../../../cloud/digest.js';
import type { Instance, InstanceState } from '../../../cloud/instance.js';
import type { XmlFields } from '../xml.js';

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
  deleting: 'shutting-down',
  terminated: 'terminated',
  error: 'terminated',
};

export const ec2StateOf = ({ state }: Instance): Ec2State => stateOf[state];

export const stateView = (state: Ec2State): XmlFields => ({ code: states[state], name: state });

/** The elements of an `instancesSet/item`. */
export function instanceView(instance: Instance, size: Size | undefined): XmlFields {
  const state = ec2StateOf(instance);
  const failed = state === 'terminated' && instance.fault;
  return {
    instanceId: instance.id,
    imageId: instance.image,
    instanceState: stateView(state),
    privateDnsName: instance.address ? `ip-${instance.address.replaceAll('.', '-')}.${instance.region}.compute.internal` : '',
    reason: '',
    keyName: instance.keyName,
    amiLaunchIndex: 0,
    instanceType: instance.size,
    launchTime: new Date(instance.createdAt).toISOString(),
    placement: { availabilityZone: instance.zone, groupName: '', tenancy: 'default' },
    monitoring: { state: 'disabled' },
    privateIpAddress: instance.address,
    ipAddress: state === 'running' ? instance.address : undefined,
    stateReason: failed ? { code: 'Server.InternalError', message: `Server.InternalError: ${failed.message}` } : undefined,
    architecture: size?.architecture,
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    virtualizationType: 'hvm',
    clientToken: instance.request?.token ?? '',
    tagSet: Object.entries(instance.labels).map(([key, value]) => ({ key, value })),
    hypervisor: 'xen',
  };
}

export const reservationOf = (instance: Instance): string => instance.request?.reservation ?? `r-${digest(instance.id, 17)}`;
