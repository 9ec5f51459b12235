import { type FreeSize, freeSizeName } from '../../vendor/free-sizes.js';
import { field, type Json, list, number, requiredList, text } from '../../vendor/json.js';
import type { ListedImage } from '../../vendor/image-names.js';
import type { Size } from '../../vendor/port.js';
import type { SoftLayerApi } from './softlayer-api.js';

/** What computing instances can be made of, each part with its price (SoftLayer_Virtual_Guest::getCreateObjectOptions). */
export const optionsOf = async (api: SoftLayerApi): Promise<Json> =>
  await api.read({ service: 'Virtual_Guest', method: 'getCreateObjectOptions' });

/** @throws VendorError malformed */
export const datacentersOf = (options: Json): readonly string[] =>
  requiredList(options, 'datacenters').flatMap((option) => text(option, 'template', 'datacenter', 'name') ?? []);

interface PricedSize extends FreeSize {
  /** USD an hour, as its parts cost together; undefined where one of them is not sold by the hour. */
  readonly price: number | undefined;
}

/** A part of an instance: so much of it, USD an hour. */
interface Part {
  readonly amount: number;
  readonly price: number | undefined;
}

/** Memory of an instance, GiB for each of its cores: what nobody would want is left out. */
const memoryPerCore = [0.5, 16] as const;

/** Every number of cores with every amount of memory and every local disk. @throws VendorError malformed */
export function pricedSizesOf(options: Json): readonly PricedSize[] {
  const processors = requiredList(options, 'processors').filter(isShared);
  const cores = partsOf(processors, (option) => number(option, 'template', 'startCpus'));
  const memories = partsOf(requiredList(options, 'memory'), (option) => number(option, 'template', 'maxMemory'));
  const disks = partsOf(requiredList(options, 'blockDevices').filter(isLocal), systemDiskOf);
  const sizes = cores.flatMap((core) =>
    memories.flatMap((memory) => disks.map((disk) => combined(core, { ...memory, amount: memory.amount / 1024 }, disk))),
  );
  return sizes.filter(({ memory, cores: each }) => memory >= each * memoryPerCore[0] && memory <= each * memoryPerCore[1]);
}

function combined(core: Part, memory: Part, disk: Part): PricedSize {
  const prices = [core.price, memory.price, disk.price];
  const price = prices.reduce<number | undefined>(
    (sum, each) => (sum === undefined || each === undefined ? undefined : sum + each),
    0,
  );
  // Prices have at most six digits: what adding up leaves behind them is noise.
  return { cores: core.amount, memory: memory.amount, disk: disk.amount, price: price && Number(price.toFixed(6)) };
}

export const sizeOf = ({ cores, memory, disk }: FreeSize): Size => ({
  name: freeSizeName({ cores, memory, disk }),
  cores,
  memory,
  disk,
  gpu: 0,
  architecture: 'x64',
});

/** Each amount once, at its lowest price: an option may be listed for each of several flavours. */
function partsOf(options: readonly Json[], amountOf: (option: Json) => number | undefined): readonly Part[] {
  const parts = new Map<number, Part>();
  for (const option of options) {
    const amount = amountOf(option);
    const price = number(option, 'itemPrice', 'hourlyRecurringFee');
    if (amount === undefined || amount <= 0) continue;
    const known = parts.get(amount)?.price;
    if (!parts.has(amount) || (price !== undefined && price < (known ?? Number.POSITIVE_INFINITY)))
      parts.set(amount, { amount, price });
  }
  return [...parts.values()];
}

/** Not on hosts of the account's own. */
const isShared = (option: Json): boolean => field(option, 'template', 'dedicatedAccountHostOnlyFlag') !== true;
const isLocal = (option: Json): boolean => field(option, 'template', 'localDiskFlag') === true;

/** Device 0 is what an instance boots from; 1 is swap, the others come beside it. */
const systemDiskOf = (option: Json): number | undefined =>
  list(option, 'template', 'blockDevices')
    .filter((device) => text(device, 'device') === '0')
    .map((device) => number(device, 'diskImage', 'capacity'))[0];

/** Operating systems of 64 bits, by their reference codes. @throws VendorError malformed */
export const systemsOf = (options: Json): readonly ListedImage[] =>
  requiredList(options, 'operatingSystems').flatMap((option) => {
    const id = text(option, 'template', 'operatingSystemReferenceCode');
    const name = text(option, 'itemPrice', 'item', 'description');
    return id === undefined || name === undefined || id.endsWith('_32') ? [] : [{ id, name }];
  });
