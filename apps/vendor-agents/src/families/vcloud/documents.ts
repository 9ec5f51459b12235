import { escapeXml, list, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';
import { required } from './references.js';

/** Documents that are sent, in the order of elements that their schema asks for (vCloud API Schema Reference 1.5). */

const names = [
  'xmlns="http://www.vmware.com/vcloud/v1.5"',
  'xmlns:vcloud="http://www.vmware.com/vcloud/v1.5"',
  'xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"',
  'xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"',
].join(' ');

export interface Wish {
  readonly name: string;
  readonly description: string;
  /** Of the template. */
  readonly source: string;
  /** Of the organization's network, where there is one. */
  readonly network: { readonly name: string; readonly href: string } | undefined;
}

export const instantiation = ({ name, description, source, network }: Wish): string =>
  `<InstantiateVAppTemplateParams ${names} name="${escapeXml(name)}" deploy="false" powerOn="false">` +
  `<Description>${escapeXml(description)}</Description>` +
  (network ? `<InstantiationParams>${bridged(network)}</InstantiationParams>` : '') +
  `<Source href="${escapeXml(source)}"/><AllEULAsAccepted>true</AllEULAsAccepted></InstantiateVAppTemplateParams>`;

const bridged = ({ name, href }: { readonly name: string; readonly href: string }): string =>
  `<NetworkConfigSection><ovf:Info>Networks</ovf:Info><NetworkConfig networkName="${escapeXml(name)}"><Configuration>` +
  `<ParentNetwork href="${escapeXml(href)}"/><FenceMode>bridged</FenceMode></Configuration></NetworkConfig></NetworkConfigSection>`;

export const deployment = `<DeployVAppParams ${names} powerOn="true"/>`;

export const undeployment = (how: 'powerOff' | 'shutdown'): string =>
  `<UndeployVAppParams ${names}><UndeployPowerAction>${how}</UndeployPowerAction></UndeployVAppParams>`;

export const capture = (name: string, source: string): string =>
  `<CaptureVAppParams ${names} name="${escapeXml(name)}"><Description/><Source href="${escapeXml(source)}"/></CaptureVAppParams>`;

export const catalogItem = (name: string, entity: string): string =>
  `<CatalogItem ${names} name="${escapeXml(name)}"><Description/><Entity href="${escapeXml(entity)}"/></CatalogItem>`;

export const connection = (network: string): string =>
  `<NetworkConnectionSection ${names}><ovf:Info>Network connections</ovf:Info>` +
  `<PrimaryNetworkConnectionIndex>0</PrimaryNetworkConnectionIndex><NetworkConnection network="${escapeXml(network)}">` +
  `<NetworkConnectionIndex>0</NetworkConnectionIndex><IsConnected>true</IsConnected>` +
  `<IpAddressAllocationMode>POOL</IpAddressAllocationMode></NetworkConnection></NetworkConnectionSection>`;

export const customization = (computerName: string): string =>
  `<GuestCustomizationSection ${names}><ovf:Info>Guest customization</ovf:Info><Enabled>true</Enabled>` +
  `<ComputerName>${escapeXml(computerName)}</ComputerName></GuestCustomizationSection>`;

/** Properties that the guest reads of its OVF environment. */
export const productSections = (properties: Readonly<Record<string, string>>): string =>
  `<ProductSectionList ${names}><ovf:ProductSection><ovf:Info>Properties of the guest</ovf:Info>${Object.entries(properties)
    .map(
      ([key, value]) =>
        `<ovf:Property ovf:key="${escapeXml(key)}" ovf:type="string" ovf:userConfigurable="true" ovf:value="${escapeXml(value)}"/>`,
    )
    .join('')}</ovf:ProductSection></ProductSectionList>`;

export const metadata = (entries: Readonly<Record<string, string>>): string =>
  `<Metadata ${names}>${Object.entries(entries)
    .map(([key, value]) => `<MetadataEntry><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></MetadataEntry>`)
    .join('')}</Metadata>`;

/** The item as it was shown, with another quantity: a PUT replaces all of it. */
export const withQuantity = (item: XmlNode, quantity: number): string =>
  `<Item ${names}>${settings(changed(item, 'VirtualQuantity', String(quantity)))}</Item>`;

/** All disks and controllers as they were shown, the first disk with another capacity, MB. */
export function withCapacity(items: readonly XmlNode[], disk: XmlNode, capacity: number): string {
  const host = list(disk, [], 'HostResource')[0] ?? {};
  const larger = changed(disk, 'HostResource', changed(host, '@capacity', String(capacity)));
  const all = items.map((item) => `<Item>${settings(item === disk ? larger : item)}</Item>`);
  return `<RasdItemsList ${names} type="application/vnd.vmware.vcloud.rasdItemsList+xml">${all.join('')}</RasdItemsList>`;
}

const changed = (node: XmlNode, name: string, value: XmlNode): XmlElement => ({
  ...(typeof node === 'string' ? { '#text': node } : node),
  [name]: value,
});

/** In the order of the alphabet, which is that of CIM_ResourceAllocationSettingData's schema. */
function settings(item: XmlNode): string {
  if (typeof item === 'string') return '';
  return Object.keys(item)
    .filter((name) => !name.startsWith('@') && name !== '#text' && name !== 'Link')
    .sort()
    .flatMap((name) => list(item, [], name).map((value) => setting(name, value)))
    .join('');
}

function setting(name: string, value: XmlNode): string {
  if (typeof value === 'string') return `<rasd:${name}>${escapeXml(value)}</rasd:${name}>`;
  const attributes = Object.keys(value)
    .filter((key) => key.startsWith('@'))
    .map((key) => ` vcloud:${key.slice(1)}="${escapeXml(required(value, key.slice(1), 'a setting'))}"`);
  return `<rasd:${name}${attributes.join('')}>${escapeXml(text(value) ?? '')}</rasd:${name}>`;
}
