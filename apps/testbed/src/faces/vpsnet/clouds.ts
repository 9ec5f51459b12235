import type { RegionProfile } from '../../catalogue/profile.js';
import type { Size } from '../../catalogue/size.js';
import type { Cloud } from '../../cloud/cloud.js';
import { newestImages } from '../images.js';
import type { Asked, CloudRoutes } from '../protocol.js';
import { invalid, json } from './vpsnet.js';

/** The clouds with the templates that each has, and the nodes that the account has bought: what is free of them can become machines. */
export function serveClouds(routes: CloudRoutes): void {
  routes.add('GET', '/available_clouds.api10json', ({ cloud }) =>
    json(cloud.profile.regions.map((region, index) => cloudView(region, index + 1))),
  );
  routes.add('GET', '/nodes.api10json', (asked) => json(nodes(asked)));
}

const templates = newestImages.filter(({ architecture }) => architecture === 'x86_64');
const templatesPerCloud = 100;

const cloudView = ({ region }: RegionProfile, id: number) => ({
  cloud: {
    id,
    label: region,
    available: true,
    system_templates: templates.map(({ portable }, index) => ({ id: id * templatesPerCloud + index, label: labelOf(portable) })),
  },
});

const labelOf = (portable: string): string => `${portable.charAt(0).toUpperCase()}${portable.slice(1).replace('-', ' ')} x64`;

/** @throws VpsError 422 for a cloud or a template that there is not, or a template of another cloud. */
export function cloudOfTemplate(
  cloud: Cloud,
  cloudId: unknown,
  templateId: unknown,
): { region: RegionProfile; template: string } {
  const region = cloud.profile.regions[Number(cloudId) - 1];
  if (!region) throw invalid('cloud_id', 'is not one of the available clouds');
  const template = Number(templateId) - Number(cloudId) * templatesPerCloud;
  if (!templates[template]) throw invalid('system_template_id', 'is not available on this cloud');
  return { region, template: String(templateId) };
}

export const cloudIdOf = (cloud: Cloud, name: string): number =>
  cloud.profile.regions.findIndex(({ region }) => region === name) + 1;

/** So many nodes make a machine of this size. @throws VpsError 422 */
export function sizeOfNodes(cloud: Cloud, region: string, nodeCount: unknown): Size {
  const size = cloud.sizes(region).find(({ name }) => name === `${String(nodeCount)} nodes`);
  if (!size) throw invalid('slices_required', 'must be between 1 and 18');
  return size;
}

export const nodesOf = (size: string): number => Number.parseInt(size);

/** Quotas of the profile are of machines; a node of a machine is one of the account's. */
function nodes({ cloud }: Asked) {
  let id = 0;
  return cloud.profile.regions.flatMap(({ region, quota }) => {
    const machines = cloud.instances(region).filter(({ state }) => state !== 'terminated');
    const used = machines.map(({ id: machine }) => ({ slice: { id: (id += 1), virtual_machine_id: Number(machine) } }));
    const free = Array.from({ length: Math.max(0, quota - machines.length) }, () => ({
      slice: { id: (id += 1), virtual_machine_id: null },
    }));
    return [...used, ...free];
  });
}
