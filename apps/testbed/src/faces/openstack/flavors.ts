import type { RegionProfile } from '../../catalogue/profile.js';
import type { Size } from '../../catalogue/size.js';
import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';
import { badRequest, notFound } from './fault.js';
import { pageAfter } from './paging.js';
import type { Call, Handler } from './service.js';

export interface Flavor {
  readonly id: string;
  readonly size: Size;
}

const known = new WeakMap<readonly Size[], readonly Flavor[]>();

/** The sizes of a region as flavors, in the order of their ids as Nova lists them. There are tens of thousands: an id costs no digest of its own. */
export function flavorsOf(cloud: Cloud, { region }: RegionProfile): readonly Flavor[] {
  const sizes = cloud.sizes(region);
  const flavors = known.get(sizes);
  if (flavors) return flavors;
  const prefix = uuidOf(`${cloud.name} ${region} flavors`).slice(0, -12);
  const made = sizes.map((size, index) => ({ id: prefix + index.toString(16).padStart(12, '0'), size }));
  known.set(sizes, made);
  return made;
}

export const listFlavorsInDetail: Handler = (call) => {
  const { flavors, links } = page(call, '/flavors/detail');
  return { body: { flavors: flavors.map((flavor) => flavorView(call, flavor)), ...links } };
};

export const listFlavors: Handler = (call) => {
  const { flavors, links } = page(call, '/flavors');
  return { body: { flavors: flavors.map(({ id, size }) => ({ id, name: size.name, links: linksOf(call, id) })), ...links } };
};

export const showFlavor: Handler = (call) => ({ body: { flavor: flavorView(call, find(call)) } });

export const showExtraSpecs: Handler = (call) => ({ body: { extra_specs: extraSpecs(find(call).size) } });

function find({ cloud, region, params }: Call): Flavor {
  const flavor = flavorsOf(cloud, region).find(({ id }) => id === params.id);
  if (!flavor) throw notFound(`Flavor ${params.id ?? ''} could not be found.`);
  return flavor;
}

/** The flavor that a request calls by its id or address. @throws OpenStackFault 400 */
export function flavorCalled({ cloud, region }: Call, flavorRef: string | number): Flavor {
  const id = String(flavorRef).split('/').at(-1);
  const flavor = flavorsOf(cloud, region).find((candidate) => candidate.id === id);
  if (!flavor) throw badRequest(`Flavor ${flavorRef} could not be found.`);
  return flavor;
}

function page(call: Call, path: string) {
  const { cloud, region, query, root } = call;
  const least = { ram: leastOf(query, 'minRam'), disk: leastOf(query, 'minDisk') };
  const all = flavorsOf(cloud, region).filter(({ size }) => ramOf(size) >= least.ram && diskOf(size) >= least.disk);
  const { items, next } = pageAfter(all, call);
  return {
    flavors: items,
    links: next === null ? {} : { flavors_links: [{ rel: 'next', href: `${root}${path}?${next}` }] },
  };
}

function leastOf(query: URLSearchParams, name: string): number {
  const value = Number(query.get(name) ?? '0');
  if (Number.isInteger(value) && value >= 0) return value;
  throw badRequest(`Invalid ${name} filter [${String(query.get(name))}]`);
}

const linksOf = ({ base, root }: Call, id: string) => [
  { rel: 'self', href: `${root}/flavors/${id}` },
  { rel: 'bookmark', href: `${base}/flavors/${id}` },
];

/** MiB. */
export const ramOf = ({ memoryGib }: Size): number => Math.round(memoryGib * 1024);
/** 0 is Nova's way to say that the root disk is as large as the image. */
const diskOf = ({ diskGib }: Size): number => Math.floor(diskGib ?? 0);
/** Nova counts whole virtual CPUs; a share of one is shown as one, a fraction above that is not promised. */
export const vcpusOf = ({ vcpus }: Size): number => Math.max(1, Math.floor(vcpus));

function flavorView(call: Call, { id, size }: Flavor) {
  const { microversion } = call;
  return {
    id,
    name: size.name,
    ram: ramOf(size),
    disk: diskOf(size),
    swap: microversion >= 75 ? 0 : '',
    vcpus: vcpusOf(size),
    'OS-FLV-EXT-DATA:ephemeral': 0,
    'OS-FLV-DISABLED:disabled': false,
    'os-flavor-access:is_public': true,
    rxtx_factor: 1,
    links: linksOf(call, id),
    ...(microversion >= 55 ? { description: null } : {}),
    ...(microversion >= 61 ? { extra_specs: extraSpecs(size) } : {}),
  };
}

/** How a server shows its flavor: by reference, and from 2.47 on as it was when the server was made. */
export function embeddedFlavor(call: Call, { id, size }: Flavor): Readonly<Record<string, unknown>> {
  if (call.microversion < 47) return { id, links: [{ rel: 'bookmark', href: `${call.base}/flavors/${id}` }] };
  return {
    original_name: size.name,
    vcpus: vcpusOf(size),
    ram: ramOf(size),
    disk: diskOf(size),
    ephemeral: 0,
    swap: 0,
    extra_specs: extraSpecs(size),
  };
}

/** Nova configuration guide, Extra Specs; the trait's name is os-traits'. A share of a GPU is a virtual one. */
function extraSpecs({ architecture, gpu }: Size): Readonly<Record<string, string>> {
  return {
    [architecture === 'arm64' ? 'trait:HW_ARCH_AARCH64' : 'trait:HW_ARCH_X86_64']: 'required',
    ...(gpu === null ? {} : gpuSpec(gpu)),
  };
}

const gpuSpec = ({ name, count }: NonNullable<Size['gpu']>): Record<string, string> =>
  Number.isInteger(count) ? { 'pci_passthrough:alias': `${name}:${count}` } : { 'resources:VGPU': '1' };
