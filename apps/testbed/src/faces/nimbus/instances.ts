import type { Instance, InstanceState } from '../../cloud/instance.js';
import { byReservation } from '../ec2/actions/instance-view.js';
import { Ec2Error } from '../ec2/ec2-error.js';
import type { QueryCall } from '../ec2/query-service.js';
import type { XmlFields } from '../ec2/xml.js';
import { generalError } from './words.js';

const states = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48 } as const;

/** It has no others (StateMap of its source), and machines cannot be stopped. */
function stateOf(state: InstanceState): keyof typeof states {
  if (state === 'running' || state === 'rebooting') return 'running';
  if (state === 'deleting') return 'shutting-down';
  return state === 'terminated' || state === 'error' ? 'terminated' : 'pending';
}

const stateView = (instance: Instance): XmlFields => {
  const name = stateOf(instance.state);
  return instance.odd ? { code: -1, name: instance.odd } : { code: states[name], name };
};

/** Those that it knows: one that its owner has terminated is forgotten at once, one that came to grief is not. */
const known = ({ cloud, region }: Pick<QueryCall, 'cloud' | 'region'>): Instance[] =>
  cloud.instances(region.region).filter(({ state, fault }) => state !== 'terminated' || fault !== null);

/** Of those asked for, what it knows (DefaultDescribe of its source): an unknown id is no error. There are no filters, pages or tags. */
export function describeInstances(call: QueryCall): XmlFields {
  const ids = call.query.list('InstanceId');
  const malformed = ids.find((id) => !/^i-[0-9a-f]{8}$/.test(id));
  if (malformed !== undefined) throw generalError(`invalid instance ID in query: ${malformed}`);
  const asked = known(call).filter(({ id }) => ids.length === 0 || ids.includes(id));
  return {
    reservationSet: [...byReservation(asked)].map(([reservationId, instances]) => ({
      reservationId,
      ownerId: call.cloud.name,
      groupSet: [{ groupId: 'default' }],
      instancesSet: instances.map(instanceView),
    })),
  };
}

export const instanceView = (instance: Instance): XmlFields => ({
  instanceId: instance.id,
  imageId: instance.image,
  instanceState: stateView(instance),
  privateDnsName: instance.address ?? 'UNKNOWN',
  dnsName: instance.address ?? 'UNKNOWN',
  reason: instance.fault ? `'${instance.fault.message}'` : undefined,
  keyName: instance.keyName ?? '[no key]',
  amiLaunchIndex: 0,
  productCodes: [],
  instanceType: instance.size,
  launchTime: new Date(instance.createdAt).toISOString(),
  placement: { availabilityZone: instance.zone },
  kernelId: 'UNKNOWN',
  monitoring: { state: 'disabled' },
  privateIpAddress: instance.address,
  ipAddress: instance.address,
  clientToken: instance.request?.token,
});

/** Machines that it does not know are left out of the answer (DefaultTerminate of its source). */
export function terminateInstances(call: QueryCall): XmlFields {
  const changes = namedBy(call, 'terminate').map((instance) => {
    const before = stateView(instance);
    const gone = instance.state === 'deleting' || stateOf(instance.state) === 'terminated';
    if (!gone) call.testbed.fleet.act(instance, 'delete');
    // One that came to grief is forgotten when it is terminated.
    else if (instance.state !== 'deleting') call.testbed.fleet.forget(instance);
    return {
      instanceId: instance.id,
      currentState: { code: states['shutting-down'], name: 'shutting-down' },
      previousState: before,
    };
  });
  return { instancesSet: changes };
}

/** True when all of them are rebooted (DefaultReboot of its source). */
export function rebootInstances(call: QueryCall): XmlFields {
  const wanted = call.query.list('InstanceId');
  const ready = namedBy(call, 'reboot').filter(({ state }) => state === 'running' || state === 'rebooting');
  for (const instance of ready) if (instance.state === 'running') call.testbed.fleet.act(instance, 'reboot');
  return { return: ready.length === wanted.length };
}

function namedBy(call: QueryCall, what: string): Instance[] {
  const ids = call.query.list('InstanceId');
  if (ids.length === 0) throw new Ec2Error('InvalidArgument', `Specify at least one instance to ${what}`);
  return known(call).filter(({ id }) => ids.includes(id));
}
