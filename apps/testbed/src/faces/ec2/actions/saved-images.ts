import type { Instance } from '../../../cloud/instance.js';
import { inWords } from '../../../cloud/refusal.js';
import type { SavedImage } from '../../../cloud/saved-images.js';
import { newId } from '../dialect.js';
import { Ec2Error } from '../ec2-error.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { amiCalled } from './images.js';
import { ec2StateOf } from './instance-view.js';
import { instanceNamed } from './named-instances.js';

/** A running instance is rebooted for it, unless NoReboot is true (EC2 API reference, CreateImage). */
export const createImage: Ec2Action = (call) => {
  const { testbed, cloud, region, query } = call;
  const instance = instanceNamed(call);
  const name = nameFor(call);
  expectSettled(instance);
  const size = cloud.size(region.region, instance.size);
  const order = {
    id: newId(call, call.dialect.imagePrefix),
    cloud: cloud.name,
    region: region.region,
    name,
    description: query.get('Description') ?? '',
    labels: query.tagsFor('image'),
    architecture: size?.architecture ?? 'x86_64',
    instance: instance.id,
    base: instance.image,
  };
  const quota = (): Ec2Error => new Ec2Error('ResourceLimitExceeded', 'The maximum number of AMIs has been reached.');
  const { id } = inWords({ quota }, () => testbed.savedImages.create(order));
  if (instance.state === 'running' && query.get('NoReboot') !== 'true') testbed.fleet.act(instance, 'reboot');
  return { imageId: id };
};

export const deregisterImage: Ec2Action = (call) => {
  const id = call.query.require('ImageId');
  call.testbed.savedImages.delete(ownImageCalled(call, id));
  return { return: true };
};

/** @throws Ec2Error InvalidAMIID.NotFound; AuthFailure for an image of somebody else. */
export function ownImageCalled(call: Ec2Call, id: string): SavedImage {
  const image = call.testbed.savedImages.get({ cloud: call.cloud.name, region: call.region.region }, id);
  if (image) return image;
  throw new Ec2Error('AuthFailure', `Not authorized for image:${amiCalled(call, id).imageId}`, 403);
}

/** @throws Ec2Error InvalidAMIName.Malformed, InvalidAMIName.Duplicate */
function nameFor({ testbed, cloud, region, query }: Ec2Call): string {
  const name = query.require('Name');
  if (!/^[\w()[\] ./'@-]{3,128}$/.test(name)) {
    throw new Ec2Error(
      'InvalidAMIName.Malformed',
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
    );
  }
  const namesake = testbed.savedImages.in({ cloud: cloud.name, region: region.region }).find((image) => image.name === name);
  if (!namesake) return name;
  throw new Ec2Error('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${namesake.id}`);
}

function expectSettled(instance: Instance): void {
  const state = ec2StateOf(instance);
  if (state === 'running' || state === 'stopped') return;
  throw new Ec2Error(
    'IncorrectInstanceState',
    `The instance '${instance.id}' is '${state}'; an image is made of a running or stopped one.`,
  );
}
