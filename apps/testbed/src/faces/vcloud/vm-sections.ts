import { digest } from '../../cloud/digest.js';
import { element, leaf } from '../markup.js';
import { types, vmIdOf } from './names.js';
import type { Setting } from './service.js';
import type { FoundVApp } from './vapps.js';
export const sectionHref = ({ base }: Setting, { vApp }: FoundVApp, section: string): string =>
  `${base}/vApp/${vmIdOf(vApp.id)}/${section}`;

export function connectionsMarkup(setting: Setting, found: FoundVApp, own: Readonly<Record<string, string>> = {}): string {
  const { network, isConnected, mode } = found.vApp.vm.connection;
  const href = sectionHref(setting, found, 'networkConnectionSection/');
  const address = addressOf(found);
  return element(
    'NetworkConnectionSection',
    { ...own, type: types.connections, href, 'ovf:required': false },
    leaf('ovf:Info', 'Specifies the available VM network connections'),
    leaf('PrimaryNetworkConnectionIndex', 0),
    element(
      'NetworkConnection',
      { network },
      leaf('NetworkConnectionIndex', 0),
      address === undefined ? '' : leaf('IpAddress', address),
      leaf('IsConnected', isConnected),
      leaf('MACAddress', macOf(found)),
      leaf('IpAddressAllocationMode', mode),
    ),
    element('Link', { rel: 'edit', type: types.connections, href }),
  );
}

export function customizationMarkup(setting: Setting, found: FoundVApp, own: Readonly<Record<string, string>> = {}): string {
  const { enabled, script, computerName } = found.vApp.vm.guest;
  const href = sectionHref(setting, found, 'guestCustomizationSection/');
  return element(
    'GuestCustomizationSection',
    { ...own, type: types.customization, href, 'ovf:required': false },
    leaf('ovf:Info', 'Specifies Guest OS Customization Settings'),
    leaf('Enabled', enabled),
    leaf('ChangeSid', false),
    leaf('VirtualMachineId', vmIdOf(found.vApp.id).slice(3)),
    leaf('JoinDomainEnabled', false),
    leaf('UseOrgSettings', false),
    leaf('AdminPasswordEnabled', false),
    leaf('AdminPasswordAuto', false),
    leaf('ResetPasswordRequired', false),
    leaf('CustomizationScript', script),
    leaf('ComputerName', computerName),
    element('Link', { rel: 'edit', type: types.customization, href }),
  );
}

/** It has one of the network's addresses, once it is there and connected. */
export function addressOf({ vApp, instance }: FoundVApp): string | undefined {
  const { network, isConnected } = vApp.vm.connection;
  if (!isConnected || network === 'none' || instance.state === 'booting') return undefined;
  return instance.address ?? undefined;
}

export const macOf = ({ vApp }: FoundVApp): string => {
  const [a = '', b = '', c = ''] = digest(`${vApp.id} mac`, 6).match(/../g) ?? [];
  return `00:50:56:${a}:${b}:${c}`;
};
