import type { Action, Instance } from '../../../cloud/instance.js';
import { inWords, Refusal } from '../../../cloud/refusal.js';
import { Ec2Error } from '../ec2-error.js';
import { type FilterFields, filtered, paged } from '../selecting.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { instancesNamed } from './named-instances.js';
import {
  byReservation,
  type Ec2State,
  ec2StateOf,
  instanceView,
  publicAddressOf,
  reservationOf,
  stateView,
} from './instance-view.js';

const instanceFilters: FilterFields<Instance> = {
  'instance-id': ({ id }) => id,
  'client-token': ({ request }) => request?.token,
  'instance-state-name': ec2StateOf,
  'instance-type': ({ size }) => size,
  'instance-lifecycle': ({ spot }) => (spot ? 'spot' : undefined),
  'image-id': ({ image }) => image,
  'key-name': ({ keyName }) => keyName,
  'availability-zone': ({ zone }) => zone,
  'reservation-id': reservationOf,
  'private-ip-address': ({ address }) => address,
};

export const describeInstances: Ec2Action = (call) => {
  const { cloud, region, query } = call;
  const ids = query.list('InstanceId');
  const candidates = ids.length > 0 ? instancesNamed(call, ids) : cloud.instances(region.region);
  const fields = { ...instanceFilters, 'ip-address': (instance: Instance) => publicAddressOf(call, instance) };
  const asked = filtered(candidates, query, fields, ({ labels }) => labels);
  const { items, nextToken } = paged(asked, call, { least: 5, most: 1000, fallback: 1000 });
  return {
    reservationSet: [...byReservation(items)].map(([reservationId, instances]) => ({
      reservationId,
      ownerId: cloud.name,
      groupSet: [],
      instancesSet: instances.map((instance) => instanceView(call, instance)),
    })),
    nextToken,
  };
};

export const terminateInstances: Ec2Action = (call) => change(call, 'delete', ['shutting-down', 'terminated']);
/** Force makes no difference here: no machine hangs. */
export const stopInstances: Ec2Action = (call) => {
  const spot = instancesNamed(call, requiredIds(call)).find((instance) => instance.spot);
  if (spot)
    throw new Ec2Error(
      'UnsupportedOperation',
      `You can't stop the Spot Instance '${spot.id}' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests.`,
    );
  return change(call, 'halt', ['stopping', 'stopped']);
};

export const startInstances: Ec2Action = (call) => {
  for (const { id, zone } of instancesNamed(call, requiredIds(call))) checkRoom(call, id, zone);
  return change(call, 'start', ['pending', 'running']);
};

export const rebootInstances: Ec2Action = (call) => {
  const instances = instancesNamed(call, requiredIds(call));
  for (const instance of instances) if (instance.state !== 'rebooting') act(call, instance, 'reboot');
  return { return: true };
};

/** A stopped machine keeps its room here, but not at EC2: only a fault says that it is gone. */
function checkRoom({ testbed, cloud, region }: Ec2Call, id: string, zone: string): void {
  const place = { cloud: cloud.name, region: region.region };
  const full = testbed.faults.strike('no-capacity', place) ?? testbed.faults.strike('no-capacity', { ...place, zone });
  if (full) throw new Refusal('no-capacity', `There is no room for ${id} in ${zone}.`);
}

/** @param done the states in which there is nothing left to do: asking again is no error. */
function change(call: Ec2Call, action: Action, done: readonly Ec2State[]) {
  const changes = instancesNamed(call, requiredIds(call)).map((instance) => {
    const before = ec2StateOf(instance);
    const after = done.includes(before) ? before : ec2StateOf(act(call, instance, action));
    return { instanceId: instance.id, currentState: stateView(after), previousState: stateView(before) };
  });
  return { instancesSet: changes };
}

function act({ testbed }: Ec2Call, instance: Instance, action: Action): Instance {
  const words = {
    'wrong-state': () =>
      new Ec2Error(
        'IncorrectInstanceState',
        `The instance '${instance.id}' is '${ec2StateOf(instance)}', from which it cannot be asked to ${action}.`,
      ),
  };
  return inWords(words, () => testbed.fleet.act(instance, action));
}

function requiredIds({ query }: Ec2Call): string[] {
  const ids = query.list('InstanceId');
  if (ids.length === 0) query.require('InstanceId');
  return ids;
}
