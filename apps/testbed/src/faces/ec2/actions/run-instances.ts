import type { Size } from '../../../catalogue/size.js';
import type { Instance } from '../../../cloud/instance.js';
import { Refusal } from '../../../cloud/refusal.js';
import { newId } from '../dialect.js';
import { Ec2Error, invalidValue } from '../ec2-error.js';
import type { XmlFields } from '../xml.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { earlierBy } from './client-token.js';
import { amiCalled } from './images.js';
import { instanceView, reservationOf } from './instance-view.js';
import { wantsSpot } from './spot-market.js';
import { sizeCalled } from './types.js';

const mostAtOnce = 100;
const userDataLimit = 16_384;

/** The same ClientToken answers with the same instances, or says that the request has changed (EC2 guide, Ensuring idempotency). */
export const runInstances: Ec2Action = (call) => {
  const { cloud, region, query } = call;
  const earlier = earlierBy(query, cloud.instances(region.region));
  if (!earlier) return reservation(call, launch(call));
  return reservation(
    call,
    cloud.instances(region.region).filter(({ request }) => request?.token === earlier.request?.token),
  );
};

function reservation(call: Ec2Call, instances: readonly Instance[]): XmlFields {
  return {
    reservationId: instances[0] && reservationOf(instances[0]),
    ownerId: call.cloud.name,
    groupSet: [],
    instancesSet: instances.map((instance) => instanceView(call, instance)),
  };
}

/** @throws Ec2Error, Refusal */
function launch(call: Ec2Call): Instance[] {
  const { cloud, region, query } = call;
  const size = sizeCalled(call, query.require('InstanceType'));
  const image = imageOf(call, size);
  const keyName = keyNameOf(call);
  const userData = userDataOf(query.get('UserData'));
  const labels = query.tagsFor('instance');
  query.require('MinCount');
  query.require('MaxCount');
  const most = query.integer('MaxCount', { least: 1, most: mostAtOnce, fallback: 1 });
  const least = query.integer('MinCount', { least: 1, most, fallback: 1 });
  const request = {
    token: query.get('ClientToken') ?? null,
    digest: query.digest(),
    reservation: newId(call, 'r'),
  };
  const spot = wantsSpot(call, size);
  const order = { region, zone: zoneOf(call), size, image, name: labels.Name ?? '', labels, keyName, userData, spot, request };
  for (let count = most; ; count -= 1) {
    const ids = Array.from({ length: count }, () => newId(call, 'i'));
    try {
      return cloud.create({ ...order, ids });
    } catch (error) {
      if (count === least || !(error instanceof Refusal)) throw error;
    }
  }
}

function imageOf(call: Ec2Call, size: Size): string {
  const id = call.query.require('ImageId');
  const ami = amiCalled(call, id);
  if (ami.state !== 'available') throw new Ec2Error('InvalidAMIID.Unavailable', `The image id '[${id}]' is not yet available`);
  if (ami.architecture === size.architecture) return id;
  throw invalidValue(
    `The architecture '${size.architecture}' of the specified instance type does not match the architecture '${ami.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`,
  );
}

function zoneOf({ region, query }: Ec2Call): string | null {
  const zone = query.get('Placement.AvailabilityZone');
  if (zone === undefined || region.zones.includes(zone)) return zone ?? null;
  throw invalidValue(`Invalid availability zone: [${zone}]`);
}

function keyNameOf({ cloud, region, query }: Ec2Call): string | null {
  const name = query.get('KeyName');
  if (name === undefined || cloud.keyPair(region.region, name)) return name ?? null;
  throw new Ec2Error('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`);
}

function userDataOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) {
    throw new Ec2Error('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data');
  }
  if (bytes.length > userDataLimit) throw invalidValue('User data is limited to 16384 bytes');
  return bytes.toString();
}
