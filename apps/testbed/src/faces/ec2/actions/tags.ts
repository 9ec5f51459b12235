import { Ec2Error } from '../ec2-error.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { addressCalled } from './address-view.js';
import { instancesNamed } from './named-instances.js';
import { interfaceCalled } from './network-interface-view.js';
import { ownImageCalled } from './saved-images.js';
import { subnetCalled } from './subnets.js';
import { volumeCalled } from './volume-view.js';
import { vpcCalled } from './vpcs.js';

type Labels = Readonly<Record<string, string>>;
/** Changes the labels of what was named. */
type Relabel = (change: (before: Labels) => Labels) => void;

const relabelling =
  <Thing extends { readonly labels: Labels }>(things: { relabel(thing: Thing, labels: Labels): void }, thing: Thing): Relabel =>
  (change) => {
    things.relabel(thing, change(thing.labels));
  };

/** What may be tagged, by the prefix of its id. */
const taggable: Readonly<Record<string, (call: Ec2Call, id: string) => Relabel>> = {
  i: (call, id) => {
    const instances = instancesNamed(call, [id]);
    return (change) => {
      for (const instance of instances) call.testbed.fleet.relabel(instance, change(instance.labels));
    };
  },
  vol: (call, id) => relabelling(call.testbed.volumes, volumeCalled(call, id)),
  ami: (call, id) => relabelling(call.testbed.savedImages, ownImageCalled(call, id)),
  emi: (call, id) => relabelling(call.testbed.savedImages, ownImageCalled(call, id)),
  vpc: (call, id) => relabelling(call.testbed.networks, vpcCalled(call, id)),
  subnet: (call, id) => {
    const subnet = subnetCalled(call, id);
    return (change) => {
      call.testbed.networks.relabelSubnet(subnet, change(subnet.labels));
    };
  },
  eipalloc: (call, id) => relabelling(call.testbed.publicAddresses, addressCalled(call, id)),
  eni: (call, id) => relabelling(call.testbed.interfaces, interfaceCalled(call, id)),
};

export const createTags: Ec2Action = (call) => {
  const tags = call.query.tags('Tag');
  for (const relabel of named(call)) relabel((before) => ({ ...before, ...tags }));
  return { return: true };
};

/** A tag is named by its key, or by its key and its value; without any, all go (EC2 API reference, DeleteTags). */
export const deleteTags: Ec2Action = (call) => {
  const { query } = call;
  const unwanted = query
    .structures('Tag')
    .map((prefix) => ({ key: query.require(`${prefix}.Key`), value: query.get(`${prefix}.Value`) }));
  const goes = (key: string, value: string): boolean =>
    unwanted.length === 0 || unwanted.some((tag) => tag.key === key && (tag.value ?? value) === value);
  for (const relabel of named(call))
    relabel((before) => Object.fromEntries(Object.entries(before).filter(([key, value]) => !goes(key, value))));
  return { return: true };
};

/** All are found before any is changed. */
function named(call: Ec2Call): readonly Relabel[] {
  const ids = call.query.list('ResourceId');
  if (ids.length === 0) call.query.require('ResourceId');
  return ids.map((id) => relabelOf(call, id));
}

function relabelOf(call: Ec2Call, id: string): Relabel {
  const prefix = id.split('-', 1)[0] ?? '';
  const find = Object.hasOwn(taggable, prefix) ? taggable[prefix] : undefined;
  if (!find) throw new Ec2Error('InvalidID', `The ID '${id}' is not valid`);
  return find(call, id);
}
