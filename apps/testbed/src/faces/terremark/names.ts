import type { Cloud } from '../../cloud/cloud.js';
import { newestImages, type OfferedImage } from '../images.js';

export const namespace = 'http://www.vmware.com/vcloud/v0.8';

const media = (type: string): string => `application/vnd.vmware.vcloud.${type}+xml`;
export const types = {
  org: media('org'),
  vdc: media('vdc'),
  catalog: media('catalog'),
  catalogItem: media('catalogItem'),
  network: media('network'),
  vAppTemplate: media('vAppTemplate'),
  vApp: media('vApp'),
  task: media('task'),
  tasksList: media('tasksList'),
  instantiate: media('instantiateVAppTemplateParams'),
} as const;

/** Everything is numbered; what is there from the beginning, in its order. */
export const organizationId = '1';
export const vdcId = (cloud: Cloud, region: string): string =>
  String(31 + cloud.profile.regions.findIndex((candidate) => candidate.region === region));
export const regionOfVdc = (cloud: Cloud, id: string): string | undefined => cloud.profile.regions[Number(id) - 31]?.region;
export const networkId = (vdc: string): string => String(700 + Number(vdc));

/** Its templates are for Intel machines, and the same in every virtual data center. */
const templates: readonly OfferedImage[] = newestImages.filter(({ architecture }) => architecture === 'x86_64');
export const templateIds: readonly string[] = templates.map((_, index) => String(index + 5));
export const templateNamed = (id: string): string | undefined => templates[Number(id) - 5]?.portable;
