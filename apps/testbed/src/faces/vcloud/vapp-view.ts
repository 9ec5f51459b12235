import { element, leaf } from '../markup.js';
import { networkId, networkName, types, vdcId } from './names.js';
import type { Handler, Setting } from './service.js';
import { tasksMarkup } from './tasks.js';
import { namespace } from './vcloud-error.js';
import { type FoundVApp, foundVApp } from './vapps.js';
import { isDeployed, powerLinks, statusOf, vmMarkup } from './vm-view.js';

/** What a document declares whose elements are not all vCloud's own. */
export const namespaces = {
  xmlns: namespace,
  'xmlns:ovf': 'http://schemas.dmtf.org/ovf/envelope/1',
  'xmlns:rasd': 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData',
  'xmlns:vcloud': namespace,
} as const;

export const showVApp: Handler = (call) => {
  const found = foundVApp(call, call.id);
  return call.id.startsWith('vm-')
    ? { type: types.vm, markup: vmMarkup(call, found, namespaces) }
    : { type: types.vApp, markup: vAppMarkup(call, found) };
};

/** While it is being made (status 0) it is «sparsely populated»: it has no virtual machine yet. */
export function vAppMarkup(setting: Setting, found: FoundVApp): string {
  const { base, cloud } = setting;
  const { vApp, instance } = found;
  const href = `${base}/vApp/${vApp.id}`;
  const { status } = statusOf(instance);
  const isMade = instance.state !== 'booting' && instance.state !== 'error';
  const network = vApp.networks.map((name) => element('ovf:Network', { 'ovf:name': name }, leaf('ovf:Description', '')));
  return element(
    'VApp',
    {
      ...namespaces,
      deployed: isDeployed(found),
      status,
      name: instance.name,
      id: `urn:vcloud:vapp:${vApp.id.replace('vapp-', '')}`,
      type: types.vApp,
      href,
    },
    isMade ? powerLinks(href, found) : '',
    element('Link', { rel: 'up', type: types.vdc, href: `${base}/vdc/${vdcId(cloud, instance.region)}` }),
    element('Link', { rel: 'edit', type: types.vApp, href }),
    instance.change === null && !vApp.deployed ? element('Link', { rel: 'remove', href }) : '',
    element('Link', { rel: 'down', type: types.metadata, href: `${href}/metadata` }),
    leaf('Description', vApp.description),
    tasksMarkup(setting, vApp.id),
    element('ovf:NetworkSection', {}, leaf('ovf:Info', 'The list of logical networks'), ...network),
    networkConfigMarkup(setting, found),
    leaf('InMaintenanceMode', false),
    isMade ? element('Children', {}, vmMarkup(setting, found)) : '',
  );
}

export function networkConfigMarkup(
  { base, cloud }: Setting,
  { vApp }: FoundVApp,
  own: Readonly<Record<string, string>> = {},
): string {
  const href = `${base}/vApp/${vApp.id}/networkConfigSection/`;
  const parent = { type: types.network, name: networkName, href: `${base}/network/${networkId(cloud)}` };
  const configs = vApp.networks.map((networkName_) =>
    element(
      'NetworkConfig',
      { networkName: networkName_ },
      element('Configuration', {}, element('ParentNetwork', parent), leaf('FenceMode', 'bridged')),
      leaf('IsDeployed', vApp.deployed),
    ),
  );
  return element(
    'NetworkConfigSection',
    { ...own, type: types.networkConfig, href, 'ovf:required': false },
    leaf('ovf:Info', 'The configuration parameters for logical networks'),
    element('Link', { rel: 'edit', type: types.networkConfig, href }),
    ...configs,
  );
}
