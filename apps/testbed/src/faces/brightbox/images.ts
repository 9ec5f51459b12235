import { Type } from '@sinclair/typebox';
import type { SavedImage } from '../../cloud/saved-images.js';
import { type OfferedImage, offeredImages } from '../images.js';
import { type Api, type Call, type Handler, readBody } from './api.js';
import { notFound } from './errors.js';
import { idOf, resourceOf, time } from './resource.js';

/** Images: official ones in several builds, and the account's own snapshots. */
export function serveImages(api: Api): void {
  api.route('GET', '/images', listImages);
  api.route('GET', '/images/:id', showImage);
  api.route('PUT', '/images/:id', updateImage);
  api.route('DELETE', '/images/:id', deleteImage);
}

const names: Readonly<Record<string, string>> = {
  'debian-11': 'Debian 11 server',
  'debian-12': 'Debian 12 server',
  'debian-13': 'Debian 13 server',
  'ubuntu-22.04': 'ubuntu-jammy-22.04-amd64-server',
  'ubuntu-24.04': 'ubuntu-noble-24.04-amd64-server',
  'rocky-8': 'Rocky Linux 8 server',
  'rocky-9': 'Rocky Linux 9 server',
  'alpine-3': 'Alpine Linux 3 server',
};

const offered = offeredImages.filter(({ architecture }) => architecture === 'x86_64');
const offeredId = ({ cloud }: Call, { portable, build }: OfferedImage): string =>
  idOf('image', `${cloud.name} ${portable} ${build}`);

const offeredImage = (call: Call, id: string): OfferedImage | undefined => offered.find((image) => offeredId(call, image) === id);

export const savedImages = ({ testbed, cloud, region }: Call): SavedImage[] =>
  testbed.savedImages.in({ cloud: cloud.name, region: region.region });

/** The image as it is shown; undefined when there is none. */
export function imageCalled(call: Call, id: string) {
  const image = offeredImage(call, id);
  if (image) return offeredView(call, image);
  const saved = savedImages(call).find((candidate) => candidate.id === id);
  return saved && savedView(call, saved);
}

const listImages: Handler = (call) => ({
  body: [...offered.map((image) => offeredView(call, image)), ...savedImages(call).map((image) => savedView(call, image))],
});

const showImage: Handler = (call) => {
  const image = imageCalled(call, call.id);
  if (!image) throw notFound();
  return { body: image };
};

const Changes = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 255 })),
  description: Type.Optional(Type.String({ maxLength: 1024 })),
});

const updateImage: Handler = (call) => {
  const { name, description } = readBody(Changes, call);
  const saved = own(call);
  const changed = {
    ...saved.labels,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  };
  call.testbed.savedImages.relabel(saved, changed);
  return { body: savedView(call, { ...saved, labels: changed }) };
};

const deleteImage: Handler = (call) => {
  const saved = own(call);
  call.testbed.savedImages.delete(saved);
  return { status: 202, body: { ...savedView(call, saved), status: 'deleting' } };
};

function own(call: Call): SavedImage {
  const saved = savedImages(call).find(({ id }) => id === call.id);
  if (!saved) throw notFound();
  return saved;
}

const common = { locked: false, arch: 'x86_64', compatibility_mode: false, min_ram: null, licence_name: '' };

const offeredView = (call: Call, image: OfferedImage) => ({
  ...resourceOf(call, 'image', offeredId(call, image)),
  ...common,
  name: names[image.portable] ?? image.portable,
  status: 'available',
  username: image.portable.split('-')[0] ?? null,
  description: `Build ${image.build}`,
  source: `${image.portable}-${image.build}.img`,
  created_at: time(Date.parse(image.createdAt)),
  official: true,
  public: true,
  source_type: 'upload',
  source_trigger: 'manual',
  disk_size: 560,
  virtual_size: 2048,
  owner: 'brightbox',
  ancestor: null,
});

/** A snapshot's name says of which server it is, until it gets another. */
export const savedView = (call: Call, { id, instance, state, createdAt, labels, base }: SavedImage) => ({
  ...resourceOf(call, 'image', id),
  ...common,
  name: labels.name ?? `Snapshot of ${instance} ${new Date(createdAt).toUTCString().slice(5, 22)}`,
  status: state === 'available' ? 'available' : 'creating',
  username: null,
  description: labels.description ?? '',
  source: instance,
  created_at: time(createdAt),
  official: false,
  public: false,
  source_type: 'snapshot',
  source_trigger: 'manual',
  disk_size: 560,
  virtual_size: 2048,
  owner: idOf('account', call.cloud.name),
  ancestor: { id: base },
});
