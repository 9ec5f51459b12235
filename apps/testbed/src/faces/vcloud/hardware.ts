import { childOf, childrenOf, element, type MarkupElement } from '../markup.js';
import { types } from './names.js';
import type { Answer, Call, Handler } from './service.js';
import { type Hardware, hardwareOf, sizeNameOf } from './sizes.js';
import { accepted, beginOn } from './tasks.js';
import { badRequest, noAccess, wrongState } from './vcloud-error.js';
import { namespaces } from './vapp-view.js';
import { type FoundVApp, foundVApp, idleVApp } from './vapps.js';
import { cpuMarkup, diskMarkup, hardwareMarkup, memoryMarkup } from './hardware-view.js';

/** Sections of virtual machines are at the machine's own address, and at no vApp's. */
export function expectMachine({ id }: Call): void {
  if (!id.startsWith('vm-')) throw noAccess('vm', id);
}

const shown =
  (type: string, markup: (call: Call, found: FoundVApp) => string): Handler =>
  (call) => {
    expectMachine(call);
    return { type, markup: markup(call, foundVApp(call, call.id)) };
  };

export const showHardware = shown(types.hardware, (call, found) => hardwareMarkup(call, found, namespaces));
export const showCpu = shown(types.item, (call, found) => cpuMarkup(call, found, namespaces));
export const showMemory = shown(types.item, (call, found) => memoryMarkup(call, found, namespaces));
export const showDisks = shown(types.items, (call, found) =>
  element('RasdItemsList', { ...namespaces, type: types.items }, diskMarkup(call, found)),
);

export const changeCpu: Handler = (call) => change(call, { cores: quantityIn(readItem(call), '3') });
export const changeMemory: Handler = (call) => change(call, { memoryMb: quantityIn(readItem(call), '4') });

/** The one disk can grow; others, and less of it, are not for templates that have one. */
export const changeDisks: Handler = (call) => {
  const list = call.body(types.items, 'RasdItemsList');
  const disks = childrenOf(list, 'Item').filter((item) => childOf(item, 'ResourceType')?.text === '17');
  const [disk, ...more] = disks;
  if (!disk || more.length > 0) throw badRequest('The virtual machine has one hard disk, and keeps it.');
  return change(call, { diskMb: Number(childOf(disk, 'HostResource')?.attributes.capacity ?? Number.NaN) });
};

const readItem = (call: Call): MarkupElement => call.body(types.item, 'Item');

/** @throws VCloudError 400 for an item of another type, or one without what the schema asks for. */
function quantityIn(item: MarkupElement, type: string): number {
  const missing = ['ElementName', 'InstanceID', 'ResourceType', 'VirtualQuantity'].find((name) => !childOf(item, name));
  if (missing !== undefined) throw badRequest(`The element rasd:${missing} of the item is missing.`);
  const { text: given = '' } = childOf(item, 'ResourceType') ?? {};
  if (given !== type) throw badRequest(`The resource type of the item must be ${type}, not ${given}.`);
  return Number(childOf(item, 'VirtualQuantity')?.text ?? Number.NaN);
}

/** Templates do not allow that processors and memory are added to a machine that runs. */
function change(call: Call, wished: Partial<Hardware>): Answer {
  expectMachine(call);
  const { instance } = idleVApp(call);
  if (instance.state !== 'stopped') throw wrongState(`VM of vApp "${instance.name}", since it is not powered off.`);
  const before = hardwareOf(call, instance);
  const after = { ...before, ...wished };
  const name = sizeNameOf(after);
  if (after.diskMb < before.diskMb) throw badRequest('The size of a hard disk cannot be reduced.');
  call.testbed.fleet.changeSize(instance, name);
  return accepted(call, beginOn(call, instance, 'Updating Virtual Machine of', 'vappUpdateVm'));
}
