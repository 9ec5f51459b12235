import type { Size } from '../../../catalogue/size.js';
import { Ec2Error, invalidValue } from '../ec2-error.js';
import { type FilterFields, filtered, paged } from '../selecting.js';
import { fields, Markup, type XmlFields } from '../xml.js';
import type { Ec2Action, Ec2Call } from './action.js';

/** As at EC2 a type is the same everywhere: that it can be had on the spot market does not say that this region has any. */
const usageClasses = ['on-demand', 'spot'];

const typeFilters: FilterFields<Size> = {
  'instance-type': ({ name }) => name,
  'processor-info.supported-architecture': ({ architecture }) => architecture,
  'bare-metal': ({ name }) => String(name.includes('.metal')),
  'current-generation': () => 'true',
  'supported-usage-class': () => usageClasses,
};

export const describeInstanceTypes: Ec2Action = (call) => {
  const { cloud, region, query } = call;
  const wanted = query.list('InstanceType');
  if (wanted.length > 0 && query.get('MaxResults') !== undefined) {
    throw new Ec2Error('InvalidParameterCombination', 'The parameters InstanceType and MaxResults cannot be used together.');
  }
  const sizes =
    wanted.length > 0 ? wanted.map((name) => cloud.size(region.region, name) ?? unknownType(name)) : cloud.sizes(region.region);
  const { items, nextToken } = paged(filtered(sizes, query, typeFilters), call, { least: 5, most: 100, fallback: 100 });
  return { instanceTypeSet: items.map(markupOf), nextToken };
};

export const describeInstanceTypeOfferings: Ec2Action = (call) => {
  const { cloud, region, query } = call;
  const locationType = query.get('LocationType') ?? 'region';
  if (locationType !== 'region' && locationType !== 'availability-zone')
    throw invalidValue(`Invalid location type: ${locationType}`);
  const locations = locationType === 'region' ? [region.region] : region.zones;
  const offerings = cloud
    .sizes(region.region)
    .flatMap(({ name }) => locations.map((location) => ({ instanceType: name, locationType, location })));
  const asked = filtered(offerings, query, {
    'instance-type': ({ instanceType }) => instanceType,
    location: ({ location }) => location,
  });
  const { items, nextToken } = paged(asked, call, { least: 5, most: 1000, fallback: 1000 });
  return { instanceTypeOfferingSet: items, nextToken };
};

/** The size that a request wants a machine of. @throws Ec2Error InvalidParameterValue */
export function sizeCalled({ cloud, region }: Ec2Call, name: string): Size {
  const size = cloud.size(region.region, name);
  if (!size) throw invalidValue(`Invalid value '${name}' for InstanceType.`);
  return size;
}

function unknownType(name: string): never {
  throw new Ec2Error('InvalidInstanceType', `The following supplied instance types do not exist: [${name}]`);
}

/** Thousands are asked for at once, and sizes never change: each is rendered once. */
const rendered = new WeakMap<Size, Markup>();

function markupOf(size: Size): Markup {
  const known = rendered.get(size);
  if (known) return known;
  const markup = new Markup(fields(describe(size)));
  rendered.set(size, markup);
  return markup;
}

function describe({ name, vcpus, memoryGib, diskGib, architecture, gpu }: Size): XmlFields {
  return {
    instanceType: name,
    currentGeneration: true,
    freeTierEligible: false,
    supportedUsageClasses: usageClasses,
    supportedRootDeviceTypes: ['ebs'],
    supportedVirtualizationTypes: ['hvm'],
    bareMetal: name.includes('.metal'),
    hypervisor: name.includes('.metal') ? undefined : 'nitro',
    processorInfo: { supportedArchitectures: [architecture] },
    vCpuInfo: { defaultVCpus: vcpus },
    memoryInfo: { sizeInMiB: Math.round(memoryGib * 1024) },
    instanceStorageSupported: diskGib !== null,
    instanceStorageInfo: diskGib === null ? undefined : { totalSizeInGB: diskGib },
    gpuInfo: gpu === null ? undefined : { gpus: [{ name: gpu.name, count: gpu.count }] },
  };
}
