import type { Size } from '../../catalogue/size.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Api, Call, Handler } from './api.js';
import { notFound } from './errors.js';
import { paged } from './paging.js';

/** Linode API v4, Linode types: the same everywhere, with prices of their own in some regions. */
export function serveTypes(api: Api): void {
  api.route('GET', '/linode/types', listTypes, 'everybody');
  api.route('GET', '/linode/types/:type', showType, 'everybody');
}

const listTypes: Handler = (call) =>
  paged(
    call,
    typesOf(call.cloud).map((size) => typeView(call, size)),
    ['id', 'label', 'class', 'vcpus', 'memory', 'disk', 'gpus'],
  );

const showType: Handler = (call) => {
  const size = typesOf(call.cloud).find(({ name }) => name === call.params.type);
  if (!size) throw notFound();
  return typeView(call, size);
};

/** As of the first region that sells it. */
function typesOf(cloud: Cloud): Size[] {
  const types = new Map<string, Size>();
  for (const { region } of cloud.profile.regions)
    for (const size of cloud.sizes(region)) if (!types.has(size.name)) types.set(size.name, size);
  return [...types.values()];
}

export const diskMb = ({ diskGib }: Size): number => Math.round((diskGib ?? 0) * 1024);
export const memoryMb = ({ memoryGib }: Size): number => Math.round(memoryGib * 1024);

const classes = ['nanode', 'standard', 'dedicated', 'gpu', 'highmem'];

function typeView(call: Call, size: Size) {
  const prices = pricesOf(call, size);
  const [usual] = prices;
  const free = { hourly: 0, monthly: 0 };
  return {
    id: size.name,
    label: size.name,
    class: classes.find((name) => size.name.includes(name)) ?? 'standard',
    vcpus: Math.ceil(size.vcpus),
    memory: memoryMb(size),
    disk: diskMb(size),
    gpus: size.gpu?.count ?? 0,
    transfer: 1000,
    network_out: 1000,
    price: priceView(usual?.price ?? 0),
    region_prices: prices.filter(({ price }) => price !== usual?.price).map(({ id, price }) => ({ id, ...priceView(price) })),
    addons: { backups: { price: free, region_prices: [] } },
    successor: null,
  };
}

const pricesOf = ({ cloud }: Call, { name }: Size): { readonly id: string; readonly price: number }[] =>
  cloud.profile.regions.flatMap(({ region }) => {
    const size = cloud.size(region, name);
    const price = size ? cloud.prices.of(region, size, 'on-demand') : null;
    return price === null ? [] : [{ id: region, price }];
  });

/** A month is charged as 2,000 hours of three. */
const priceView = (hourly: number) => ({ hourly, monthly: Math.round((hourly * 200_000) / 3) / 100 });
