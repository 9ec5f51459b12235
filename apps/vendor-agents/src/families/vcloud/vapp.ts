import type { Instance, InstanceState } from '../../vendor/port.js';
import { list, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';
import { faultBy } from './errors.js';
import { first, idIn, required } from './references.js';
import { type Task, tasksOf } from './tasks.js';

/** A vApp of one VM: what a machine is here. */
export interface VApp {
  readonly href: string;
  readonly name: string;
  readonly status: string;
  /** It has resources, whether it runs or is suspended. */
  readonly deployed: boolean;
  readonly tasks: readonly Task[];
  /** Absent until the template has been copied. */
  readonly vm: XmlNode | undefined;
}

export const vappOf = (root: XmlElement): VApp => ({
  href: required(root, 'href', 'a vApp'),
  name: text(root, '@name') ?? '',
  status: text(root, '@status') ?? '',
  deployed: text(root, '@deployed') === 'true',
  tasks: tasksOf(root),
  vm: first(root, ['Children'], 'Vm'),
});

/** The status of a vApp whose template could not be copied, and of one while it is being copied. */
export const failedCreation = '-1';
export const unresolved = '0';

/** Programming Guide 1.5, "Object status": of 5, 6, 7, 9 and 10 nobody can say what they are, so they count as on their way. */
const states: Readonly<Record<string, InstanceState>> = {
  [failedCreation]: 'error',
  '3': 'suspended',
  '4': 'active',
  '8': 'inactive',
};

export const isBusy = ({ tasks }: VApp): boolean => tasks.some(({ state }) => state === 'running');

/** Whether the last step of its making has been taken, which is to be deployed with its power on, or none can be. */
export const wasStarted = ({ deployed, status, tasks }: VApp): boolean =>
  deployed || [failedCreation, '3', '4'].includes(status) || tasks.some(starts);

const starts = ({ operation }: Task): boolean => /deploy|poweron/i.test(operation) && !/undeploy/i.test(operation);

/** What runs on is shown by its tasks: until they have ended its status is the one it had before. */
export function instanceOf(vapp: VApp, region: string): Instance {
  const failed = vapp.tasks.find((task) => starts(task) && task.state === 'failed');
  const settled = states[vapp.status] ?? 'building';
  const state = isBusy(vapp) ? 'building' : settled === 'inactive' && failed ? 'error' : settled;
  return {
    vendorId: idIn(vapp.href),
    state,
    address: vapp.vm === undefined ? null : addressOf(vapp.vm),
    zone: region,
    fault: state === 'error' ? faultBy((failed ?? vapp.tasks.find((task) => task.state === 'failed'))?.error) : null,
  };
}

/** The outer address where the network translates, else its own; the primary connection before the others. */
function addressOf(vm: XmlNode): string | null {
  const primary = text(vm, 'NetworkConnectionSection', 'PrimaryNetworkConnectionIndex');
  const connections = list(vm, ['NetworkConnectionSection'], 'NetworkConnection');
  const rank = (connection: XmlNode): number => (text(connection, 'NetworkConnectionIndex') === primary ? 0 : 1);
  const [best] = [...connections]
    .sort((a, b) => rank(a) - rank(b))
    .flatMap((connection) => text(connection, 'ExternalIpAddress') ?? text(connection, 'IpAddress') ?? []);
  return best ?? null;
}
