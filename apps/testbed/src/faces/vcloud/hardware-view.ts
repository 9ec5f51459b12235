import { element, leaf } from '../markup.js';
import { types } from './names.js';
import type { Setting } from './service.js';
import { hardwareOf } from './sizes.js';
import type { FoundVApp } from './vapps.js';
import { addressOf, macOf, sectionHref } from './vm-sections.js';

export function hardwareMarkup(setting: Setting, found: FoundVApp, own: Readonly<Record<string, string>> = {}): string {
  const href = sectionHref(setting, found, 'virtualHardwareSection/');
  return element(
    'ovf:VirtualHardwareSection',
    {
      ...own,
      'ovf:transport': '',
      'vcloud:href': href,
      'vcloud:type': types.hardware,
      'xmlns:vcloud': 'http://www.vmware.com/vcloud/v1.5',
    },
    leaf('ovf:Info', 'Virtual hardware requirements'),
    networkCard(found),
    diskMarkup(setting, found),
    cpuMarkup(setting, found),
    memoryMarkup(setting, found),
    ...(['cpu', 'memory'] as const).map((what) => element('Link', { rel: 'edit', type: types.item, href: `${href}${what}` })),
    element('Link', { rel: 'edit', type: types.items, href: `${href}disks` }),
  );
}

const itemOf = (attributes: Readonly<Record<string, string>>, fields: Readonly<Record<string, string | number>>): string =>
  element('ovf:Item', attributes, ...Object.entries(fields).map(([name, value]) => leaf(`rasd:${name}`, value)));

function networkCard(found: FoundVApp): string {
  const { network } = found.vApp.vm.connection;
  const connection = { 'vcloud:ipAddress': addressOf(found), 'vcloud:primaryNetworkConnection': true };
  return element(
    'ovf:Item',
    {},
    leaf('rasd:Address', macOf(found)),
    leaf('rasd:AddressOnParent', 0),
    element('rasd:Connection', connection, network),
    leaf('rasd:InstanceID', 1),
    leaf('rasd:ResourceType', 10),
  );
}

export const diskMarkup = (setting: Setting, found: FoundVApp): string =>
  element(
    'ovf:Item',
    {},
    leaf('rasd:AddressOnParent', 0),
    leaf('rasd:Description', 'Hard disk'),
    leaf('rasd:ElementName', 'Hard disk 1'),
    element('rasd:HostResource', {
      'vcloud:capacity': hardwareOf(setting, found.instance).diskMb,
      'vcloud:busSubType': 'lsilogic',
      'vcloud:busType': 6,
    }),
    leaf('rasd:InstanceID', 2000),
    leaf('rasd:Parent', 2),
    leaf('rasd:ResourceType', 17),
  );

/** @param own the declarations of namespaces, for an item that is a document. */
export function cpuMarkup(setting: Setting, found: FoundVApp, own: Readonly<Record<string, string>> = {}): string {
  const { cores } = hardwareOf(setting, found.instance);
  const href = sectionHref(setting, found, 'virtualHardwareSection/cpu');
  return itemOf(
    { ...own, 'vcloud:href': href, 'vcloud:type': types.item },
    {
      AllocationUnits: 'hertz * 10^6',
      Description: 'Number of Virtual CPUs',
      ElementName: `${cores} virtual CPU(s)`,
      InstanceID: 4,
      Reservation: 0,
      ResourceType: 3,
      VirtualQuantity: cores,
      Weight: 0,
    },
  );
}

export function memoryMarkup(setting: Setting, found: FoundVApp, own: Readonly<Record<string, string>> = {}): string {
  const { memoryMb } = hardwareOf(setting, found.instance);
  const href = sectionHref(setting, found, 'virtualHardwareSection/memory');
  return itemOf(
    { ...own, 'vcloud:href': href, 'vcloud:type': types.item },
    {
      AllocationUnits: 'byte * 2^20',
      Description: 'Memory Size',
      ElementName: `${memoryMb} MB of memory`,
      InstanceID: 5,
      Reservation: 0,
      ResourceType: 4,
      VirtualQuantity: memoryMb,
      Weight: 0,
    },
  );
}
