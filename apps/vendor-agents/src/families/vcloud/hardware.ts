import type { FreeSize } from '../../vendor/free-sizes.js';
import { malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { list, number, text, type XmlNode } from '../../vendor/xml.js';
import type { VcloudApi } from './api.js';
import { withCapacity, withQuantity } from './documents.js';
import { required } from './references.js';
import { type Task, taskOf } from './tasks.js';

/** CIM resource types (DSP1027). */
const processor = 3;
const memory = 4;
const disk = 17;

/** One change of a VM's hardware. */
interface Change {
  readonly at: string;
  readonly type: 'rasdItem' | 'rasdItemsList';
  readonly body: string;
}

/**
 * Whether a VM has the hardware.
 * @throws VendorError invalid-request when its disk is larger than the wanted one: it cannot become smaller.
 */
export function hasSize(vm: XmlNode, wanted: FreeSize): boolean {
  const items = list(vm, ['VirtualHardwareSection'], 'Item');
  return !capacityChange(items, '', wanted) && !quantityChange(items, '', wanted);
}

/**
 * Takes the next step from the hardware that a VM has to the one that it is to have; undefined when it has it. It must be powered off.
 * Virtual hardware is changed part by part (Programming Guide 1.5, "Retrieve or Modify Virtual Hardware"), and a disk never shrinks.
 * @throws VendorError invalid-request when the disk is larger than the wanted one.
 */
export async function nextChange(api: VcloudApi, vm: XmlNode, wanted: FreeSize): Promise<Task | undefined> {
  const hardware = `${required(vm, 'href', 'a VM')}/virtualHardwareSection`;
  const items = list(vm, ['VirtualHardwareSection'], 'Item');
  const change = quantityChange(items, hardware, wanted) ?? (await diskChange(api, items, hardware, wanted));
  return change && taskOf(await api.call({ method: 'PUT', roots: ['Task'], ...change }));
}

/** A PUT of the disks names their controllers too, which the VM itself may not show: they are asked for when there is something to change. */
async function diskChange(
  api: VcloudApi,
  items: readonly XmlNode[],
  hardware: string,
  wanted: FreeSize,
): Promise<Change | undefined> {
  if (!capacityChange(items, hardware, wanted)) return undefined;
  const shown = await api.call({ method: 'GET', at: `${hardware}/disks`, roots: ['RasdItemsList'] });
  return capacityChange(list(shown, [], 'Item'), hardware, wanted);
}

function quantityChange(items: readonly XmlNode[], hardware: string, { cores, memory: gib }: FreeSize): Change | undefined {
  for (const [type, part, quantity] of [
    [processor, 'cpu', cores],
    [memory, 'memory', Math.round(gib * 1024)],
  ] as const) {
    const item = ofType(items, type)[0];
    if (item === undefined) throw malformed(`the VM shows no ${part}`);
    if (number(item, 'VirtualQuantity') !== quantity)
      return { at: `${hardware}/${part}`, type: 'rasdItem', body: withQuantity(item, quantity) };
  }
  return undefined;
}

function capacityChange(items: readonly XmlNode[], hardware: string, wanted: FreeSize): Change | undefined {
  const own = ofType(items, disk)[0];
  if (own === undefined) throw malformed('the VM shows no disk');
  const capacity = wanted.disk * 1024;
  const present = capacityOf(own);
  if (present === capacity) return undefined;
  if (present > capacity)
    throw new VendorError('invalid-request', `its disk has ${present / 1024} GiB already, and cannot become smaller`);
  return { at: `${hardware}/disks`, type: 'rasdItemsList', body: withCapacity(items, own, capacity) };
}

/** MB. */
function capacityOf(item: XmlNode): number {
  const capacity = number(item, 'HostResource', '@capacity');
  if (capacity === undefined) throw malformed('the VM shows a disk without capacity');
  return capacity;
}

const ofType = (items: readonly XmlNode[], type: number): readonly XmlNode[] =>
  items.filter((item) => text(item, 'ResourceType') === String(type));
