import type { Instance, InstanceState } from '../../vendor/port.js';
import { list, number, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';
import { faultBy } from './errors.js';
import { idIn, required } from './references.js';
import { type Task, taskOf } from './tasks.js';

/** A vApp of vCloud Express: one VM without a document of its own. */
export interface ExpressVApp {
  readonly href: string;
  readonly name: string;
  readonly status: string;
  readonly address: string | null;
  readonly items: readonly XmlNode[];
}

export const expressVappOf = (root: XmlElement): ExpressVApp => {
  const sections = list(root, [], 'Section');
  const within = (name: string, item: string): readonly XmlNode[] =>
    [root, ...sections].flatMap((section) => [
      ...list(section, [name], item),
      ...(section === root ? [] : list(section, [], item)),
    ]);
  return {
    href: required(root, 'href', 'a vApp'),
    name: text(root, '@name') ?? '',
    status: text(root, '@status') ?? '',
    address:
      within('NetworkConnectionSection', 'NetworkConnection').flatMap((connection) => text(connection, 'IpAddress') ?? [])[0] ??
      null,
    items: within('VirtualHardwareSection', 'Item'),
  };
};

/** vCloud Express numbers its states otherwise than vCloud Director does: 0 being created, 1 being deployed, 2 off, 3 suspended, 4 on. */
const states: Readonly<Record<string, InstanceState>> = { '2': 'inactive', '3': 'suspended', '4': 'active', '-1': 'error' };
export const off = '2';

/** The tasks of a vApp among those of its organization, the latest first. */
export const tasksOf = (tasksList: XmlElement, vendorId: string): readonly Task[] =>
  list(tasksList, [], 'Task')
    .filter((task) => idIn(text(list(task, [], 'Owner')[0] ?? {}, '@href') ?? '') === vendorId)
    .sort((a, b) => Date.parse(text(b, '@startTime') ?? '') - Date.parse(text(a, '@startTime') ?? ''))
    .map(taskOf);

/** @param tasks of the vApp: while one runs it shows the status that it had before. */
export function expressInstance(vapp: ExpressVApp, tasks: readonly Task[], region: string): Instance {
  const settled = states[vapp.status] ?? 'building';
  const [latest] = tasks;
  const failed = settled === 'error' || (settled === 'inactive' && latest?.state === 'failed');
  const busy = tasks.some(({ state }) => state === 'running');
  return {
    vendorId: idIn(vapp.href),
    state: busy ? 'building' : failed ? 'error' : settled,
    address: vapp.address,
    zone: region,
    fault: failed && !busy ? faultBy(latest?.error) : null,
  };
}

/** CIM resource types (DSP1027). */
export const processor = 3;
export const memory = 4;

export const quantityOf = ({ items }: ExpressVApp, type: number): number | undefined => {
  const item = items.find((candidate) => text(candidate, 'ResourceType') === String(type));
  return item === undefined ? undefined : number(item, 'VirtualQuantity');
};
