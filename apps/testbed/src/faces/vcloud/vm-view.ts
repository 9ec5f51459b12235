import type { Instance, InstanceState } from '../../cloud/instance.js';
import { element, leaf } from '../markup.js';
import { types, vmIdOf } from './names.js';
import type { Setting } from './service.js';
import { hardwareMarkup } from './hardware-view.js';
import { connectionsMarkup, customizationMarkup } from './vm-sections.js';
import type { FoundVApp } from './vapps.js';

/** What the numbers mean: 1.5, schema reference, "status attribute": here those that a testbed's vApp can have. */
const statuses: Partial<Readonly<Record<InstanceState, { readonly status: number; readonly words: string }>>> = {
  booting: { status: 0, words: 'UNRESOLVED' },
  suspended: { status: 3, words: 'SUSPENDED' },
  resuming: { status: 3, words: 'SUSPENDED' },
  stopped: { status: 8, words: 'POWERED_OFF' },
  starting: { status: 8, words: 'POWERED_OFF' },
  deleting: { status: 8, words: 'POWERED_OFF' },
  error: { status: -1, words: 'FAILED_CREATION' },
};
const poweredOn = { status: 4, words: 'POWERED_ON' };

/** A state of nobody's is shown as a number, as a client expects one. */
export function statusOf({ state, odd }: Instance): { readonly status: number; readonly words: string } {
  if (odd === undefined || odd === null) return statuses[state] ?? poweredOn;
  const number = Number(odd);
  return { status: Number.isNaN(number) ? 97 : number, words: odd };
}

/** The links to what can be asked of a vApp or a virtual machine now. */
export function powerLinks(href: string, { vApp, instance }: FoundVApp): string {
  const power = (action: string): string => element('Link', { rel: `power:${action}`, href: `${href}/power/action/${action}` });
  const deploy = element('Link', { rel: 'deploy', type: types.deploy, href: `${href}/action/deploy` });
  const undeploy = element('Link', { rel: 'undeploy', type: types.undeploy, href: `${href}/action/undeploy` });
  const discard = element('Link', { rel: 'discardState', href: `${href}/action/discardSuspendedState` });
  if (instance.change !== null) return '';
  const links = vApp.deployed ? [undeploy] : [deploy];
  if (instance.state === 'running')
    return [...['powerOff', 'reboot', 'reset', 'shutdown', 'suspend'].map(power), ...links].join('');
  if (instance.state === 'stopped') return [power('powerOn'), ...links].join('');
  return instance.state === 'suspended' ? [power('powerOn'), discard, ...links].join('') : '';
}

export const isDeployed = ({ vApp, instance }: FoundVApp): boolean =>
  instance.state !== 'booting' && (vApp.deployed || instance.state === 'stopping');

export function vmMarkup(setting: Setting, found: FoundVApp, own: Readonly<Record<string, string>> = {}): string {
  const { vApp, instance } = found;
  const id = vmIdOf(vApp.id);
  const href = `${setting.base}/vApp/${id}`;
  const { name, description } = vApp.vm;
  const { status } = statusOf(instance);
  return element(
    'Vm',
    {
      ...own,
      needsCustomization: false,
      deployed: isDeployed(found),
      status,
      name,
      id: `urn:vcloud:vm:${id.slice(3)}`,
      type: types.vm,
      href,
    },
    powerLinks(href, found),
    element('Link', { rel: 'edit', type: types.vm, href }),
    element('Link', { rel: 'down', type: types.metadata, href: `${href}/metadata` }),
    element('Link', { rel: 'up', type: types.vApp, href: `${setting.base}/vApp/${vApp.id}` }),
    leaf('Description', description),
    hardwareMarkup(setting, found),
    connectionsMarkup(setting, found),
    customizationMarkup(setting, found),
    element('RuntimeInfoSection', {}, leaf('ovf:Info', 'Specifies Runtime info'), element('VMWareTools', { version: '8384' })),
    leaf('VAppScopedLocalId', name),
  );
}
