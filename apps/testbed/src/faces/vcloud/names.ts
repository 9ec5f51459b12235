import { uuidOf } from '../../cloud/digest.js';
import type { Cloud } from '../../cloud/cloud.js';
import { projectName } from '../credentials.js';
import { newestImages, type OfferedImage } from '../images.js';

/** The organization of the one account. */
export const organizationName = projectName;

/** The network that every vApp can be connected to, and what templates call the one they want. */
export const networkName = 'Internet';
export const templateNetwork = 'VM Network';

export const publicCatalog = 'Public Catalog';
export const ownCatalog = 'Own Catalog';

export const organizationId = ({ name }: Cloud): string => uuidOf(`${name} organization`);
export const networkId = ({ name }: Cloud): string => uuidOf(`${name} network`);
export const vdcId = ({ name }: Cloud, region: string): string => uuidOf(`${name} ${region} vdc`);
export const catalogId = ({ name }: Cloud, catalog: string): string => uuidOf(`${name} ${catalog}`);

/** The virtual datacenter of an id, which is a region of the cloud. */
export const regionOfVdc = (cloud: Cloud, id: string): string | undefined =>
  cloud.profile.regions.find(({ region }) => vdcId(cloud, region) === id)?.region;

/** vCloud knows no architectures but Intel's. */
export const publicImages: readonly OfferedImage[] = newestImages.filter(({ architecture }) => architecture === 'x86_64');
export const publicTemplateId = ({ name }: Cloud, { portable }: OfferedImage): string =>
  `vappTemplate-${uuidOf(`${name} ${portable} template`)}`;
export const publicItemId = ({ name }: Cloud, { portable }: OfferedImage): string => uuidOf(`${name} ${portable} item`);

/** The one virtual machine of a vApp or of a template. */
export const vmIdOf = (container: string): string => `vm-${uuidOf(`${container} vm`)}`;

const media = (type: string): string => `application/vnd.vmware.vcloud.${type}+xml`;

/** Media types (vCloud API Programming Guide, "XML Representations"). */
export const types = {
  session: media('session'),
  orgList: media('orgList'),
  org: media('org'),
  vdc: media('vdc'),
  catalog: media('catalog'),
  catalogItem: media('catalogItem'),
  network: media('network'),
  vAppTemplate: media('vAppTemplate'),
  vApp: media('vApp'),
  vm: media('vm'),
  task: media('task'),
  metadata: media('metadata'),
  metadataValue: media('metadata.value'),
  queryList: media('query.queryList'),
  records: media('query.records'),
  references: media('query.references'),
  instantiate: media('instantiateVAppTemplateParams'),
  capture: media('captureVAppParams'),
  deploy: media('deployVAppParams'),
  undeploy: media('undeployVAppParams'),
  hardware: media('virtualHardwareSection'),
  item: media('rasdItem'),
  items: media('rasdItemsList'),
  connections: media('networkConnectionSection'),
  networkConfig: media('networkConfigSection'),
  customization: media('guestCustomizationSection'),
  products: media('productSections'),
  error: media('error'),
} as const;
