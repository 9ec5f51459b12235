import type { Call, Handler, View } from '../call.js';
import { noSuch } from '../call.js';
import { invalid } from '../fault.js';
import { inJob } from '../jobs.js';
import { listed } from '../listing.js';
import { machinesOf } from './machine-view.js';
import { tagViews } from './tag-view.js';

type Labels = Readonly<Record<string, string>>;

interface Taggable {
  readonly id: string;
  readonly labels: Labels;
  readonly relabel: (labels: Labels) => void;
}

/** What can have tags, by CloudStack's names of the kinds (ResourceTag.ResourceObjectType). */
const kinds: Readonly<Record<string, (call: Call) => Taggable[]>> = {
  uservm: (call) =>
    machinesOf(call).map((thing) => ({
      ...thing,
      relabel: (labels) => {
        call.testbed.fleet.relabel(thing, labels);
      },
    })),
  volume: ({ testbed, cloud }) => shelved(testbed.volumes, cloud.name),
  network: ({ testbed, cloud }) => shelved(testbed.networks, cloud.name),
  nic: ({ testbed, cloud }) => shelved(testbed.interfaces, cloud.name),
  template: ({ testbed, cloud }) => shelved(testbed.savedImages, cloud.name),
  publicipaddress: ({ store, cloud }) => stored(store.addresses, cloud.name),
  snapshot: ({ store, cloud }) => stored(store.snapshots, cloud.name),
};

interface Shelved<Thing> {
  all(): Thing[];
  relabel(thing: Thing, labels: Labels): void;
}

const shelved = <Thing extends { id: string; labels: Labels; cloud: string }>(shelf: Shelved<Thing>, cloud: string): Taggable[] =>
  shelf
    .all()
    .filter((thing) => thing.cloud === cloud)
    .map((thing) => ({
      id: thing.id,
      labels: thing.labels,
      relabel: (labels) => {
        shelf.relabel(thing, labels);
      },
    }));

interface Stored<Thing> {
  of(cloud: string): Thing[];
  save(thing: Thing): Thing;
}

const stored = <Thing extends { id: string; labels: Labels }>(things: Stored<Thing>, cloud: string): Taggable[] =>
  things.of(cloud).map((thing) => ({
    id: thing.id,
    labels: thing.labels,
    relabel: (labels) => {
      things.save({ ...thing, labels });
    },
  }));

/** CreateTagsCmd: all resources are of one kind; a key that is there already is refused. */
export const createTags: Handler = (call) => {
  const tags = call.params.pairs('tags');
  if (Object.keys(tags).length === 0) call.params.require('tags');
  const resources = resourcesAsked(call);
  return inJob(call, 'None', call.params.require('resourceids'), () => {
    for (const { id, labels } of resources) {
      const taken = Object.keys(tags).find((key) => key in labels);
      if (taken !== undefined) throw invalid(`tag ${taken} on ${kindAsked(call)} with id ${id} already exists`);
    }
    for (const { labels, relabel } of resources) relabel({ ...labels, ...tags });
    return null;
  });
};

export const deleteTags: Handler = (call) => {
  const wanted = Object.keys(call.params.pairs('tags'));
  const resources = resourcesAsked(call);
  return inJob(call, 'None', call.params.require('resourceids'), () => {
    for (const { labels, relabel } of resources) {
      const left = Object.entries(labels).filter(([key]) => wanted.length > 0 && !wanted.includes(key));
      relabel(Object.fromEntries(left));
    }
    return null;
  });
};

export const listTags: Handler = (call) => {
  const { params } = call;
  const kind = params.get('resourcetype')?.toLowerCase();
  const all = Object.entries(kinds)
    .filter(([name]) => kind === undefined || kind === name)
    .flatMap(([name, thingsOf]) => thingsOf(call).flatMap((thing) => tagViews(properNameOf(name), thing)));
  const equal = (tag: View, parameter: string, member: string): boolean => (params.get(parameter) ?? tag[member]) === tag[member];
  const meant = all.filter(
    (tag) => equal(tag, 'resourceid', 'resourceid') && equal(tag, 'key', 'key') && equal(tag, 'value', 'value'),
  );
  return listed(call, 'tag', meant, (tag) => tag);
};

const properNames: Readonly<Record<string, string>> = { uservm: 'UserVm', publicipaddress: 'PublicIpAddress' };
const properNameOf = (kind: string): string => properNames[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1);

const kindAsked = ({ params }: Call): string => params.require('resourcetype');

/** @throws CloudStackFault 431 */
function resourcesAsked(call: Call): readonly Taggable[] {
  const kind = kindAsked(call).toLowerCase();
  const thingsOf = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!thingsOf) throw invalid(`Invalid resource type: ${kindAsked(call)}`);
  call.params.require('resourceids');
  const things = thingsOf(call);
  return call.params.list('resourceids').map((id) => {
    const thing = things.find((candidate) => candidate.id === id);
    if (!thing) throw noSuch(call, 'resourceids', id);
    return thing;
  });
}
