import { digest } from '../../../cloud/digest.js';
import type { Instance } from '../../../cloud/instance.js';
import { notThere } from '../ec2-error.js';
import { type FilterFields, filtered, paged } from '../selecting.js';
import type { XmlFields } from '../xml.js';
import type { Ec2Action, Ec2Call } from './action.js';

export const spotRequestOf = ({ id }: Instance): string => `sir-${digest(id, 8)}`;

interface Status {
  readonly state: 'active' | 'closed';
  readonly code: string;
  readonly message: string;
}

const requestFilters: FilterFields<Instance> = {
  'spot-instance-request-id': spotRequestOf,
  'instance-id': ({ id }) => id,
  state: (instance) => statusOf(instance).state,
  'status-code': (instance) => statusOf(instance).code,
  type: () => 'one-time',
  'launched-availability-zone': ({ zone }) => zone,
  'launch.instance-type': ({ size }) => size,
};

/** Every spot machine has the request that it was launched by, for as long as it is remembered itself. */
export const describeSpotInstanceRequests: Ec2Action = (call) => {
  const { cloud, region, query } = call;
  const requests = cloud.instances(region.region).filter(({ spot }) => spot);
  const ids = query.list('SpotInstanceRequestId');
  const candidates = ids.length > 0 ? ids.map((id) => requestCalled(requests, id)) : requests;
  const asked = filtered(candidates, query, requestFilters, ({ labels }) => labels);
  const { items, nextToken } = paged(asked, call, { least: 5, most: 1000, fallback: 1000 });
  return { spotInstanceRequestSet: items.map((instance) => view(call, instance)), nextToken };
};

function requestCalled(requests: readonly Instance[], id: string): Instance {
  const found = requests.find((instance) => spotRequestOf(instance) === id);
  if (!found) throw notThere('InvalidSpotInstanceRequestID', `The spot instance request ID '${id}' does not exist`);
  return found;
}

/** EC2 guide, Spot request status codes. */
function statusOf(instance: Instance): Status {
  const { state, interruption } = instance;
  const ended = ['deleting', 'terminated', 'error'].includes(state);
  if (ended && interruption?.carriedOut)
    return {
      state: 'closed',
      code: 'instance-terminated-no-capacity',
      message: 'Your Spot instance was terminated because there is no Spot capacity available.',
    };
  if (ended)
    return {
      state: 'closed',
      code: 'instance-terminated-by-user',
      message: 'Spot Instance terminated due to user-initiated termination.',
    };
  if (interruption)
    return {
      state: 'active',
      code: 'marked-for-termination',
      message: 'Your Spot instance is marked for termination.',
    };
  return { state: 'active', code: 'fulfilled', message: 'Your spot request is fulfilled.' };
}

function view({ cloud, region }: Ec2Call, instance: Instance): XmlFields {
  const { state, code, message } = statusOf(instance);
  const size = cloud.size(region.region, instance.size);
  return {
    spotInstanceRequestId: spotRequestOf(instance),
    spotPrice: size && cloud.prices.of(region.region, size, 'on-demand')?.toFixed(6),
    type: 'one-time',
    state,
    status: { code, updateTime: new Date(changedAt(instance)).toISOString(), message },
    launchSpecification: { imageId: instance.image, keyName: instance.keyName, instanceType: instance.size },
    instanceId: instance.id,
    createTime: new Date(instance.createdAt).toISOString(),
    productDescription: 'Linux/UNIX',
    launchedAvailabilityZone: instance.zone,
    instanceInterruptionBehavior: 'terminate',
    tagSet: [],
  };
}

const changedAt = ({ interruption, endedAt, createdAt }: Instance): number => endedAt ?? interruption?.toldAt ?? createdAt;
