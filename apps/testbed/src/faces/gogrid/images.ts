import type { Instance } from '../../cloud/instance.js';
import type { SavedImage } from '../../cloud/saved-images.js';
import { newestImages, type OfferedImage } from '../images.js';
import { type Call, flag, type Handler, passes, regionsAsked, required } from './call.js';
import { invalid, notFound } from './fault.js';
import { architecture64, datacenterOf, type Datacenter, imageStates, type Option, webServer } from './options.js';
import { serverCalled } from './find-server.js';

/** An image of GoGrid's, or one that the account has saved. */
export interface ServerImage {
  readonly id: number;
  /** GoGrid's own name: `centos5.3_64_base`, or GSI- and a UUID. */
  readonly name: string;
  readonly friendlyName: string;
  readonly description: string;
  readonly isPublic: boolean;
  readonly state: Option;
  readonly createdAt: number;
  /** null: in all. */
  readonly datacenter: Datacenter['region'] | null;
}

const firstOffered = 1000;
const titles: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu Server',
  rocky: 'Rocky Linux',
  alpine: 'Alpine Linux',
};

const offered: readonly ServerImage[] = newestImages
  .filter(({ architecture }) => architecture === 'x86_64')
  .map((image, index) => offeredImage(image, firstOffered + index));

function offeredImage({ portable, createdAt }: OfferedImage, id: number): ServerImage {
  const [system = '', version = ''] = portable.split('-');
  const friendlyName = `${titles[system] ?? system} ${version} (64-bit) w/ None`;
  return {
    id,
    name: `${system}${version}_64_base`,
    friendlyName,
    description: friendlyName,
    isPublic: true,
    state: imageStates.available,
    createdAt: Date.parse(createdAt),
    datacenter: null,
  };
}

const savedImage = ({ id, name, description, labels, state, createdAt, region }: SavedImage): ServerImage => ({
  id: Number(id),
  name: labels.gsi ?? '',
  friendlyName: name,
  description,
  isPublic: false,
  state: state === 'available' ? imageStates.available : imageStates.saving,
  createdAt,
  datacenter: region,
});

export function imagesOf({ testbed, cloud }: Call): readonly ServerImage[] {
  const saved = testbed.savedImages.all().filter((image) => image.cloud === cloud.name);
  return [...offered, ...saved.map(savedImage)];
}

/** By id or name. @throws GoGridFault 400 */
export function imageCalled(call: Call, wanted: string): ServerImage {
  const found = imagesOf(call).find(({ id, name }) => String(id) === wanted || name === wanted);
  if (!found) throw notFound();
  return found;
}

export const listImages: Handler = (call) => {
  const isPublic = flag(call, 'isPublic');
  const regions = regionsAsked(call).map(({ region }) => region);
  return imagesOf(call)
    .filter(({ datacenter }) => datacenter === null || regions.includes(datacenter))
    .filter((image) => isPublic === undefined || image.isPublic === isPublic)
    .filter((image) => passes(call, 'image.state', image.state) && passes(call, 'state', image.state))
    .map(imageView);
};

export const getImages: Handler = (call) => {
  const wanted = ['id', 'name', 'image'].flatMap((name) => call.params.getAll(name));
  if (wanted.length === 0) throw invalid('Missing required parameter: id, name or image');
  return wanted.map((one) => imageView(imageCalled(call, one)));
};

/** Only of an image sandbox (GoGrid wiki, grid.image.save). */
export const saveImage: Handler = (call) => {
  const server = serverCalled(call, ['server']);
  const friendlyName = required(call, 'friendlyName');
  if (server.labels.sandbox !== 'true') throw invalid('An image can only be saved of an image sandbox server.');
  const { testbed, cloud, params } = call;
  const saved = testbed.savedImages.create({
    id: testbed.numbers.next(),
    cloud: cloud.name,
    region: server.region,
    name: friendlyName,
    description: params.get('description') ?? '',
    labels: { gsi: `GSI-${testbed.ids.next()}` },
    architecture: 'x86_64',
    instance: server.id,
    base: server.image,
  });
  return [imageView(savedImage(saved))];
};

export const deleteImage: Handler = (call) => {
  const image = imageCalled(call, call.params.get('id') ?? call.params.get('name') ?? required(call, 'image'));
  if (image.isPublic) throw invalid('Only private server images can be deleted.');
  const saved = call.testbed.savedImages.all().find(({ id }) => id === String(image.id));
  if (saved) call.testbed.savedImages.delete(saved);
  return [imageView(image)];
};

/** Whether an image is being made of a server. */
export const isSaving = ({ testbed }: Pick<Call, 'testbed'>, { id }: Instance): boolean =>
  testbed.savedImages.all().some(({ instance, state }) => instance === id && state !== 'available');

export const imageView = ({ id, name, friendlyName, description, isPublic, state, createdAt, datacenter }: ServerImage) => ({
  id,
  name,
  friendlyName,
  description,
  object: 'serverimage',
  os: osOf(friendlyName),
  architecture: architecture64,
  type: webServer,
  state,
  price: 0,
  billingtokens: [],
  isPublic,
  isActive: state === imageStates.available,
  location: `gogrid/${name}.img`,
  owner: isPublic ? { id: -1, name: 'GoGrid', object: 'customer' } : { id: 20024, name: 'testbed', object: 'customer' },
  createdTime: createdAt,
  updatedTime: createdAt,
  ...(datacenter === null ? {} : { datacenterlist: [datacenterOf(datacenter)] }),
});

export const osOf = (friendlyName: string) => {
  const name = friendlyName.replace(' w/ None', '');
  return { id: name.length, name, description: name, object: 'option' };
};
