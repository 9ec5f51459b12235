import type { Size } from '../../catalogue/size.js';
import type { Instance } from '../../cloud/instance.js';
import { earlierBy } from '../ec2/actions/client-token.js';
import { reservationOf } from '../ec2/actions/instance-view.js';
import { newId } from '../ec2/dialect.js';
import { Ec2Error } from '../ec2/ec2-error.js';
import type { QueryCall } from '../ec2/query-service.js';
import type { XmlFields } from '../ec2/xml.js';
import { isImage, nimbus } from './images.js';
import { instanceView } from './instances.js';
import { generalError } from './words.js';

const defaultSize = 'm1.small';

/**
 * As many as MinCount; MaxCount is not minded, and neither is a zone. The same ClientToken answers with the same machines, and with an
 * error when the request has changed (RunInstances of ElasticService, DefaultRun and DefaultResourceAllocations of its source).
 */
export function runInstances(call: QueryCall): XmlFields {
  const { cloud, region, query } = call;
  const earlier = earlierBy(query, cloud.instances(region.region));
  const instances = earlier
    ? cloud.instances(region.region).filter(({ request }) => request?.token === earlier.request?.token)
    : launch(call);
  return {
    reservationId: instances[0] && reservationOf(instances[0]),
    ownerId: cloud.name,
    groupSet: [{ groupId: 'default' }],
    instancesSet: instances.map(instanceView),
    requesterId: cloud.name,
  };
}

function launch(call: QueryCall): Instance[] {
  const { testbed, cloud, region, query } = call;
  const image = required(call, 'ImageId');
  const count = countOf(call, 'MinCount');
  countOf(call, 'MaxCount');
  const size = sizeOf(call);
  if (!isImage(image)) throw generalError(`The image '${image}' is not in the repository`);
  checkUserData(query.get('UserData'));
  const made = { testbed, dialect: nimbus };
  return cloud.create({
    ids: Array.from({ length: count }, () => newId(made, 'i')),
    region,
    zone: null,
    size,
    image,
    name: '',
    labels: {},
    keyName: keyNameOf(call),
    request: { token: query.get('ClientToken') ?? null, digest: query.digest(), reservation: newId(made, 'r') },
  });
}

function required({ query }: QueryCall, name: string): string {
  const value = query.get(name);
  if (value) return value;
  throw new Ec2Error('InvalidArgument', `Missing required parameter: ${name}`);
}

function countOf(call: QueryCall, name: string): number {
  const count = Number(required(call, name));
  if (Number.isInteger(count) && count > 0) return count;
  throw new Ec2Error('InvalidArgument', `Parameter ${name} must be a positive integer`);
}

function sizeOf({ cloud, region, query }: QueryCall): Size {
  const name = query.get('InstanceType') ?? defaultSize;
  const size = cloud.size(region.region, name);
  if (!size) throw generalError(`Unknown instance type '${name}'`);
  return size;
}

function keyNameOf({ cloud, region, query }: QueryCall): string | null {
  const name = query.get('KeyName');
  if (name === undefined || cloud.keyPair(region.region, name)) return name ?? null;
  throw generalError(`There is no key '${name}' registered for you to use`);
}

function checkUserData(text: string | undefined): void {
  if (text !== undefined && !/^[A-Za-z0-9+/\s]*=*\s*$/.test(text))
    throw generalError('userdata does not appear to be base64 encoded?');
}
