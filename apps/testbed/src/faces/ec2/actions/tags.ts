import { Ec2Error } from '../ec2-error.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { instancesNamed } from './named-instances.js';
import { interfaceCalled } from './network-interface-view.js';
import { ownImageCalled } from './saved-images.js';
import { subnetCalled } from './subnets.js';
import { volumeCalled } from './volume-view.js';
import { vpcCalled } from './vpcs.js';

type Label = (tags: Readonly<Record<string, string>>) => void;

const labelling =
  <Thing>(things: { label(thing: Thing, labels: Readonly<Record<string, string>>): void }, thing: Thing): Label =>
  (tags) => {
    things.label(thing, tags);
  };

/** What may be tagged, by the prefix of its id. */
const taggable: Readonly<Record<string, (call: Ec2Call, id: string) => Label>> = {
  i: (call, id) => {
    const instances = instancesNamed(call, [id]);
    return (tags) => {
      for (const instance of instances) call.testbed.fleet.label(instance, tags);
    };
  },
  vol: (call, id) => labelling(call.testbed.volumes, volumeCalled(call, id)),
  ami: (call, id) => labelling(call.testbed.savedImages, ownImageCalled(call, id)),
  vpc: (call, id) => labelling(call.testbed.networks, vpcCalled(call, id)),
  subnet: (call, id) => {
    const subnet = subnetCalled(call, id);
    return (tags) => {
      call.testbed.networks.labelSubnet(subnet, tags);
    };
  },
  eni: (call, id) => labelling(call.testbed.interfaces, interfaceCalled(call, id)),
};

/** All are found before any is tagged. */
export const createTags: Ec2Action = (call) => {
  const { query } = call;
  const ids = query.list('ResourceId');
  if (ids.length === 0) query.require('ResourceId');
  const tags = query.tags('Tag');
  for (const label of ids.map((id) => labelOf(call, id))) label(tags);
  return { return: true };
};

function labelOf(call: Ec2Call, id: string): Label {
  const prefix = id.split('-', 1)[0] ?? '';
  const find = Object.hasOwn(taggable, prefix) ? taggable[prefix] : undefined;
  if (!find) throw new Ec2Error('InvalidID', `The ID '${id}' is not valid`);
  return find(call, id);
}
