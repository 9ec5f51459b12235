import type { Size } from '../../catalogue/size.js';
import type { Ec2Action, Ec2Call } from '../ec2/actions/action.js';
import { invalidValue } from '../ec2/ec2-error.js';
import type { XmlFields } from '../ec2/xml.js';

/**
 * Eucalyptus' own, older than Amazon's of the same name: memory in MiB, disk in GiB, and, with Availability, how many more there can be in
 * each zone (euca2ools, euca-describe-instance-types; clc/modules/compute, VmTypeDetails). It has no pages.
 */
export const describeInstanceTypes: Ec2Action = (call) => {
  const { cloud, region, query } = call;
  const sizes = cloud.sizes(region.region);
  const wanted = query.list('InstanceType');
  const unknown = wanted.find((name) => !sizes.some((size) => size.name === name));
  if (unknown !== undefined) throw invalidValue(`Failed to find instance type: ${unknown}`);
  const asked = sizes.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  return { instanceTypeDetails: asked.map((size) => view(call, size)) };
};

function view({ cloud, region, query }: Ec2Call, { name, vcpus, memoryGib, diskGib }: Size): XmlFields {
  const zones = query.get('Availability') === 'true' ? region.zones : [];
  return {
    name,
    cpu: vcpus,
    disk: diskGib,
    memory: Math.round(memoryGib * 1024),
    availability: zones.map((zoneName) => ({
      name,
      zoneName,
      max: region.capacity,
      available: Math.max(0, cloud.room(region, zoneName)),
    })),
  };
}
