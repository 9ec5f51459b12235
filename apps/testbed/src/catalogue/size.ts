import type { FlatRow } from './flat-yaml.js';

/** A size that a vendor sells in a region, as data/catalog has it. */
export interface Size {
  readonly name: string;
  /** The vendor's nominal number; fractional for some old vendors. */
  readonly vcpus: number;
  readonly memoryGib: number;
  /** Included local disk; null: none or unknown. */
  readonly diskGib: number | null;
  readonly architecture: 'x86_64' | 'arm64';
  readonly gpu: { readonly name: string; readonly count: number } | null;
  /** USD an hour on demand. */
  readonly price: number;
  /** USD an hour on the spot market; null: it is not sold there. */
  readonly spotPrice: number | null;
}

/** A row `{ name: small, cores: 1, memory: 2 GiB, disk: 20 GiB, price: 0.05 USD/h }` of data/testbed. */
export const writtenSize = ({ name, cores, memory, disk, price }: FlatRow): Size => ({
  name: String(name),
  vcpus: Number(cores),
  memoryGib: Number.parseFloat(String(memory)),
  diskGib: Number.parseFloat(String(disk)),
  architecture: 'x86_64',
  gpu: null,
  price: Number.parseFloat(String(price)),
  spotPrice: null,
});

/** What a cloud of free sizes makes of `c2-m4-d50`: cores, GiB of memory, GiB of disk. Undefined when that is not how the name is written. */
export function freeSize(name: string): Size | undefined {
  const [, cores, memory, disk] = /^c([\d.]+)-m([\d.]+)-d(\d+)$/.exec(name) ?? [];
  if (cores === undefined) return undefined;
  return writtenSize({ name, cores: Number(cores), memory: memory ?? '', disk: disk ?? '', price: 0 });
}

/** What a spot machine costs less than one on demand, as a share, by `<region>/<size>`. */
export type SpotSavings = ReadonlyMap<string, number>;

/**
 * The sizes of each region from a file of data/catalog/offers (its README tells the columns). The files quote nothing, so a comma always
 * separates; a general CSV reader takes several times as long for the largest.
 */
export function readSizes(csv: string, savings: SpotSavings): Map<string, Size[]> {
  const regions = new Map<string, Size[]>();
  const lines = csv.split('\n');
  for (let at = 1; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined || line === '') continue;
    const columns = line.split(',');
    const region = columns[1] ?? '';
    const sizes = regions.get(region);
    const size = readSize(columns, savings);
    if (sizes) sizes.push(size);
    else regions.set(region, [size]);
  }
  return regions;
}

function readSize(columns: readonly string[], savings: SpotSavings): Size {
  const [, region = '', name = '', vcpus, memory, disk, architecture, gpuName = '', gpuCount, price] = columns;
  const gpus = Number(gpuCount);
  const saving = savings.get(`${region}/${name}`);
  return {
    name,
    vcpus: Number(vcpus),
    memoryGib: Number(memory),
    diskGib: disk ? Number(disk) : null,
    architecture: architecture === 'arm64' ? 'arm64' : 'x86_64',
    gpu: gpus > 0 ? { name: gpuName, count: gpus } : null,
    price: Number(price),
    spotPrice: saving === undefined ? null : Number((Number(price) * (1 - saving)).toFixed(6)),
  };
}

/** From a file of spot savings of data/catalog, in per cent. Where it saves nothing there is no spot market worth the name. */
export function readSpotSavings(csv: string): SpotSavings {
  const savings = new Map<string, number>();
  for (const line of csv.split('\n').slice(1)) {
    const [, region = '', size = '', percent] = line.split(',');
    const saving = Number(percent) / 100;
    if (saving > 0 && saving < 1) savings.set(`${region}/${size}`, saving);
  }
  return savings;
}
