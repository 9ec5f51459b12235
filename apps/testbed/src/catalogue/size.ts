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
}

/**
 * The sizes of each region from a file of data/catalog/offers (its README tells the columns). The files quote nothing, so a comma always
 * separates; a general CSV reader takes several times as long for the largest.
 */
export function readSizes(csv: string): Map<string, Size[]> {
  const regions = new Map<string, Size[]>();
  const lines = csv.split('\n');
  for (let at = 1; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined || line === '') continue;
    const columns = line.split(',');
    const region = columns[1] ?? '';
    const sizes = regions.get(region);
    if (sizes) sizes.push(readSize(columns));
    else regions.set(region, [readSize(columns)]);
  }
  return regions;
}

function readSize(columns: readonly string[]): Size {
  const [, , name = '', vcpus, memory, disk, architecture, gpuName = '', gpuCount, price] = columns;
  const gpus = Number(gpuCount);
  return {
    name,
    vcpus: Number(vcpus),
    memoryGib: Number(memory),
    diskGib: disk ? Number(disk) : null,
    architecture: architecture === 'arm64' ? 'arm64' : 'x86_64',
    gpu: gpus > 0 ? { name: gpuName, count: gpus } : null,
    price: Number(price),
  };
}
