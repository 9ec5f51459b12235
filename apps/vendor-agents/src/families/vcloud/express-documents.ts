import { escapeXml, list, text, type XmlNode } from '../../vendor/xml.js';
import { type ExpressVApp, memory, processor } from './express-vapp.js';

const express = 'xmlns="http://www.vmware.com/vcloud/v0.8"';
const ovf = 'xmlns="http://schemas.dmtf.org/ovf/envelope/1"';
const rasd = 'xmlns="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"';

export interface ExpressWish {
  readonly name: string;
  /** Of the template. */
  readonly source: string;
  readonly cores: number;
  /** GiB. */
  readonly memory: number;
  /** Its address. */
  readonly network: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** In vCloud Express the hardware is part of the order. */
export const expressInstantiation = (wish: ExpressWish): string =>
  `<InstantiateVAppTemplateParams ${express} name="${escapeXml(wish.name)}"><VAppTemplate href="${escapeXml(wish.source)}"/>` +
  `<InstantiationParams><ProductSection xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">${Object.entries(wish.properties)
    .map(([key, value]) => `<Property ${ovf} ovf:key="${escapeXml(key)}" ovf:value="${escapeXml(value)}"/>`)
    .join('')}</ProductSection><VirtualHardwareSection>${hardware(wish)}</VirtualHardwareSection>` +
  `<NetworkConfigSection><NetworkConfig><NetworkAssociation href="${escapeXml(wish.network)}"/></NetworkConfig></NetworkConfigSection>` +
  '</InstantiationParams></InstantiateVAppTemplateParams>';

/** A disk that is not named again would be taken away. */
export const configuration = (vapp: ExpressVApp, wanted: Pick<ExpressWish, 'cores' | 'memory'>): string =>
  `<VApp ${express} href="${escapeXml(vapp.href)}" type="application/vnd.vmware.vcloud.vApp+xml" name="${escapeXml(vapp.name)}" ` +
  `status="${escapeXml(vapp.status)}" size="0"><VirtualHardwareSection ${ovf}><Info>Virtual Hardware</Info>` +
  `${hardware(wanted)}${vapp.items.filter(isDisk).map(disk).join('')}</VirtualHardwareSection></VApp>`;

const hardware = ({ cores, memory: gib }: Pick<ExpressWish, 'cores' | 'memory'>): string =>
  item({ InstanceID: '1', ResourceType: String(processor), VirtualQuantity: String(cores) }) +
  item({ InstanceID: '2', ResourceType: String(memory), VirtualQuantity: String(gib * 1024) });

const item = (settings: Readonly<Record<string, string>>): string =>
  `<Item ${ovf}>${Object.entries(settings)
    .map(([name, value]) => `<${name} ${rasd}>${escapeXml(value)}</${name}>`)
    .join('')}</Item>`;

const isDisk = (node: XmlNode): boolean => text(node, 'ResourceType') === '17';

const kept = ['AddressOnParent', 'HostResource', 'InstanceID', 'ResourceType', 'VirtualQuantity'];

const disk = (node: XmlNode): string =>
  item(
    Object.fromEntries(
      kept.flatMap((name) =>
        list(node, [], name).flatMap((value) => (text(value) === undefined ? [] : [[name, text(value) ?? '']])),
      ),
    ),
  );
