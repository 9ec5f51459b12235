import type { Action, Instance } from '../../../cloud/instance.js';
import { Refusal } from '../../../cloud/refusal.js';
import { Ec2Error } from '../ec2-error.js';
import { type FilterFields, filtered, paged } from '../selecting.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { type Ec2State, ec2StateOf, instanceView, reservationOf, stateView } from './instance-view.js';

const instanceFilters: FilterFields<Instance> = {
  'instance-id': ({ id }) => id,
  'client-token': ({ request }) => request?.token,
  'instance-state-name': ec2StateOf,
  'instance-type': ({ size }) => size,
  'image-id': ({ image }) => image,
  'key-name': ({ keyName }) => keyName,
  'availability-zone': ({ zone }) => zone,
  'reservation-id': reservationOf,
  'private-ip-address': ({ address }) => address,
  'ip-address': ({ address }) => address,
};

export const describeInstances: Ec2Action = (call) => {
  const { cloud, region, query } = call;
  const ids = query.list('InstanceId');
  const candidates = ids.length > 0 ? named(call, ids) : cloud.instances(region.region);
  const asked = filtered(candidates, query, instanceFilters, ({ labels }) => labels);
  const { items, nextToken } = paged(asked, query, { least: 5, most: 1000, fallback: 1000 });
  const reservations = new Map<string, Instance[]>();
  for (const instance of items) {
    const id = reservationOf(instance);
    reservations.set(id, [...(reservations.get(id) ?? []), instance]);
  }
  return {
    reservationSet: [...reservations].map(([reservationId, instances]) => ({
      reservationId,
      ownerId: cloud.name,
      groupSet: [],
      instancesSet: instances.map((instance) => instanceView(instance, cloud.size(region.region, instance.size))),
    })),
    nextToken,
  };
};

export const terminateInstances: Ec2Action = (call) => change(call, 'delete', ['shutting-down', 'terminated']);
export const stopInstances: Ec2Action = (call) => change(call, 'stop', ['stopping', 'stopped']);
export const startInstances: Ec2Action = (call) => change(call, 'start', ['pending', 'running']);

export const rebootInstances: Ec2Action = (call) => {
  for (const instance of named(call, requiredIds(call))) act(call, instance, 'reboot');
  return { return: true };
};

export const createTags: Ec2Action = (call) => {
  const tags = call.query.tags('Tag');
  for (const instance of named(call, call.query.list('ResourceId'))) call.testbed.fleet.label(instance, tags);
  return { return: true };
};

/** @param done the states in which there is nothing left to do: asking again is no error. */
function change(call: Ec2Call, action: Action, done: readonly Ec2State[]) {
  const changes = named(call, requiredIds(call)).map((instance) => {
    const before = ec2StateOf(instance);
    const after = done.includes(before) ? before : ec2StateOf(act(call, instance, action));
    return { instanceId: instance.id, currentState: stateView(after), previousState: stateView(before) };
  });
  return { instancesSet: changes };
}

function act({ testbed }: Ec2Call, instance: Instance, action: Action): Instance {
  try {
    return testbed.fleet.act(instance, action);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Ec2Error(
      'IncorrectInstanceState',
      `The instance '${instance.id}' is not in a state from which it can be asked to ${action}.`,
    );
  }
}

function requiredIds({ query }: Ec2Call): string[] {
  const ids = query.list('InstanceId');
  if (ids.length === 0) query.require('InstanceId');
  return ids;
}

/** @throws Ec2Error InvalidInstanceID.Malformed or InvalidInstanceID.NotFound; then nothing was done to any of them. */
function named({ cloud, region }: Ec2Call, ids: readonly string[]): Instance[] {
  const malformed = ids.find((id) => !/^i-[0-9a-f]{8,17}$/.test(id));
  if (malformed !== undefined) throw new Ec2Error('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
  return ids.map((id) => {
    const instance = cloud.instance(region.region, id);
    if (!instance) throw new Ec2Error('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
    return instance;
  });
}
