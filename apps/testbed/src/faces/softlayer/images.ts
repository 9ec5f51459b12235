import { uuidOf } from '../../cloud/digest.js';
import type { SavedImage } from '../../cloud/saved-images.js';
import type { RpcAnswer } from '../rpc-routes.js';
import { guestOf, type Methods, type SlCall } from './call.js';
import { exception, invalid } from './fault.js';
import { slTime } from './guest-view.js';
import { many, one, type SlObject } from './result.js';

/** Images that were made of guests: groups of templates of their block devices. */
export const imageMethods: Methods = {
  'SoftLayer_Virtual_Guest::createArchiveTransaction': archive,
  'SoftLayer_Account::getBlockDeviceTemplateGroups': (call) => many(call, 'blockDeviceTemplateGroups', images(call).map(view)),
  'SoftLayer_Account::getPrivateBlockDeviceTemplateGroups': (call) =>
    many(call, 'privateBlockDeviceTemplateGroups', images(call).map(view)),
};

const images = ({ testbed, cloud }: SlCall): SavedImage[] =>
  testbed.savedImages.all().filter((image) => image.cloud === cloud.name);

/** @throws RpcFailure for one that there is not, or not yet. */
export function imageIdentified(call: SlCall, identifier: string): SavedImage {
  const image = images(call).find((candidate) => identifierOf(candidate) === identifier);
  if (!image) throw exception('ObjectNotFound', `Unable to find image template with global identifier '${identifier}'.`);
  if (image.state !== 'available') throw exception('Public', 'The image template has an active transaction.');
  return image;
}

const identifierOf = ({ cloud, id }: SavedImage): string => uuidOf(`${cloud} image ${id}`);

/** Of a name, block devices and a note. */
function archive(call: SlCall): RpcAnswer {
  const { testbed, cloud } = call;
  const [name, devices, note] = call.params;
  const guest = guestOf(call);
  if (typeof name !== 'string' || name === '') throw invalid('The name of an image template must be given.');
  if (!Array.isArray(devices) || devices.length === 0) throw invalid('At least one block device must be given.');
  if (guest.state !== 'running' && guest.state !== 'stopped')
    throw exception('Public', 'There is currently an outstanding transaction for this server.');
  const image = testbed.savedImages.create({
    id: testbed.numbers.next(),
    cloud: cloud.name,
    region: guest.region,
    name,
    description: typeof note === 'string' ? note : '',
    labels: {},
    architecture: 'x86_64',
    instance: guest.id,
    base: guest.image,
  });
  return one(call, {
    local: { id: Number(image.id), guestId: Number(guest.id), createDate: slTime(image.createdAt) },
    related: {},
  });
}

const view = (image: SavedImage): SlObject => ({
  local: {
    id: Number(image.id),
    globalIdentifier: identifierOf(image),
    name: image.name,
    note: image.description,
    createDate: slTime(image.createdAt),
    publicFlag: 0,
    statusId: 1,
  },
  related: {
    status: { keyName: 'ACTIVE', name: 'Active' },
    ...(image.state === 'available' ? {} : { transaction: { transactionStatus: { name: 'CLOUD_CREATE_IMAGE' } } }),
  },
});
