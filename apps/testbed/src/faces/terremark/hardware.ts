import type { Size } from '../../catalogue/size.js';
import { childOf, childrenOf, leaf, element, type MarkupElement } from '../markup.js';
import { badRequest } from './express-error.js';

/** The disk of every template. */
const diskGib = 10;

/** Processors, and MB of memory. */
interface Hardware {
  readonly cores: number;
  readonly memory: number;
}

const least: Hardware = { cores: 1, memory: 512 };

/** What a machine is called that has what is wished for, and for the rest what it had before. @throws ExpressError 400 */
export function sizeNameIn(section: MarkupElement | undefined, before?: Size): string {
  const had = before ? { cores: before.vcpus, memory: before.memoryGib * 1024 } : least;
  const cores = quantityIn(section, '3') ?? had.cores;
  const memory = quantityIn(section, '4') ?? had.memory;
  expectSold({ cores, memory });
  return `c${cores}-m${memory / 1024}-d${diskGib}`;
}

/** fog, instantiate_vapp_template.rb: 1, 2, 4 or 8 processors; 512 MB of memory, or a multiple of 1,024. */
function expectSold({ cores, memory }: Hardware): void {
  if (![1, 2, 4, 8].includes(cores)) throw badRequest(`A vApp has 1, 2, 4 or 8 processors, not ${cores}.`);
  if (memory !== 512 && (memory % 1024 !== 0 || memory < 1024 || memory > 16_384))
    throw badRequest(`The memory of a vApp is 512 MB or a multiple of 1024 up to 16384, not ${memory}.`);
}

function quantityIn(section: MarkupElement | undefined, type: string): number | undefined {
  const item = childrenOf(section, 'Item').find((candidate) => childOf(candidate, 'ResourceType')?.text === type);
  return item && Number(childOf(item, 'VirtualQuantity')?.text ?? Number.NaN);
}

const ovf = 'http://schemas.dmtf.org/ovf/envelope/1';
const rasd = { xmlns: 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData' };

export const hardwareMarkup = ({ vcpus, memoryGib }: Size): string =>
  element(
    'VirtualHardwareSection',
    { xmlns: ovf },
    leaf('Info', 'Virtual Hardware'),
    itemMarkup({ ElementName: `${vcpus} virtual CPU(s)`, InstanceID: 1, ResourceType: 3, VirtualQuantity: vcpus }),
    itemMarkup({
      ElementName: `${memoryGib * 1024}MB of memory`,
      InstanceID: 2,
      ResourceType: 4,
      VirtualQuantity: memoryGib * 1024,
    }),
    itemMarkup({ ElementName: 'Hard Disk 1', InstanceID: 9, ResourceType: 17, VirtualQuantity: diskGib * 1024 ** 2 }),
  );

const itemMarkup = (fields: Readonly<Record<string, string | number>>): string =>
  element('Item', {}, ...Object.entries(fields).map(([name, value]) => element(name, rasd, String(value))));
