import { childOf, childrenOf, element, leaf, type MarkupElement } from '../markup.js';
import { types } from './names.js';
import type { Answer, Call, Handler } from './service.js';
import { accepted, beginOn } from './tasks.js';
import { badRequest, namespace, VCloudError } from './vcloud-error.js';
import { type FoundVApp, foundVApp } from './vapps.js';

type Entries = Readonly<Record<string, string>>;

/** Names and values of the owner's own (1.5, "Working With Object Metadata"): of a vApp, and apart from those of its machine. */
export const listMetadata: Handler = (call) => {
  const entries = Object.entries(entriesOf(call, foundVApp(call, call.id)));
  const href = `${call.base}/vApp/${call.id}/metadata`;
  const shown = entries.map(([key, value]) =>
    element(
      'MetadataEntry',
      { type: types.metadataValue, href: `${href}/${encodeURIComponent(key)}` },
      leaf('Key', key),
      leaf('Value', value),
    ),
  );
  return { type: types.metadata, markup: element('Metadata', { xmlns: namespace, type: types.metadata, href }, ...shown) };
};

/** Adds entries, or gives those that are there another value. */
export const mergeMetadata: Handler = (call) => {
  const given = childrenOf(call.body(types.metadata, 'Metadata', ['MetadataEntry']), 'MetadataEntry').map(readEntry);
  return change(call, (entries) => ({ ...entries, ...Object.fromEntries(given) }));
};

export const showMetadata: Handler = (call) => {
  const value = entriesOf(call, foundVApp(call, call.id))[call.key];
  if (value === undefined) throw unknownKey(call);
  const href = `${call.base}/vApp/${call.id}/metadata/${encodeURIComponent(call.key)}`;
  return {
    type: types.metadataValue,
    markup: element('MetadataValue', { xmlns: namespace, type: types.metadataValue, href }, leaf('Value', value)),
  };
};

export const putMetadata: Handler = (call) => {
  const value = childOf(call.body(types.metadataValue, 'MetadataValue', ['Value']), 'Value')?.text ?? '';
  return change(call, (entries) => ({ ...entries, [call.key]: value }));
};

export const deleteMetadata: Handler = (call) => {
  if (entriesOf(call, foundVApp(call, call.id))[call.key] === undefined) throw unknownKey(call);
  return change(call, (entries) => Object.fromEntries(Object.entries(entries).filter(([key]) => key !== call.key)));
};

const unknownKey = ({ key }: Call): VCloudError =>
  new VCloudError(404, 'RESOURCE_NOT_FOUND', `There is no metadata with the key '${key}'.`);

function readEntry(entry: MarkupElement): readonly [string, string] {
  const key = childOf(entry, 'Key')?.text ?? '';
  if (key === '') throw badRequest('A MetadataEntry needs a Key.');
  return [key, childOf(entry, 'Value')?.text ?? ''];
}

const entriesOf = ({ id }: Call, { vApp, instance }: FoundVApp): Entries =>
  id.startsWith('vm-') ? vApp.vm.metadata : instance.labels;

/** It can be written while the vApp is busy. */
function change(call: Call, to: (entries: Entries) => Entries): Answer {
  const found = foundVApp(call, call.id);
  const { vApp, instance } = found;
  const entries = to(entriesOf(call, found));
  if (call.id.startsWith('vm-')) call.keeping.vApps.save({ ...vApp, vm: { ...vApp.vm, metadata: entries } });
  else call.testbed.fleet.relabel(instance, entries);
  return accepted(call, beginOn(call, { ...instance, change: null }, 'Updating metadata of', 'metadataUpdate'));
}
