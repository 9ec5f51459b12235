import { Type } from '@sinclair/typebox';
import type { Instance } from '../../cloud/instance.js';
import type { Api, Call, Handler } from './api.js';
import { readBody } from './body.js';
import { createInstance } from './create-instance.js';
import { badRequest, notFound } from './errors.js';
import { boot, reboot, resize, shutdown } from './instance-actions.js';
import { instanceView } from './instance-view.js';
import { addAddress, addedTo, deleteAddress, listAddresses, showAddress } from './ips.js';
import { checkLabel, checkTags, labelsOf } from './labels.js';
import { paged } from './paging.js';
import { showStats } from './stats.js';

/** Linode API v4, Linode instances. */
export function serveInstances(api: Api): void {
  api.route('GET', '/linode/instances', listInstances);
  api.route('POST', '/linode/instances', createInstance);
  api.route('GET', '/linode/instances/:linode', showInstance);
  api.route('PUT', '/linode/instances/:linode', updateInstance);
  api.route('DELETE', '/linode/instances/:linode', deleteInstance);
  api.route('POST', '/linode/instances/:linode/boot', boot);
  api.route('POST', '/linode/instances/:linode/reboot', reboot);
  api.route('POST', '/linode/instances/:linode/shutdown', shutdown);
  api.route('POST', '/linode/instances/:linode/resize', resize);
  api.route('GET', '/linode/instances/:linode/stats', showStats);
  api.route('GET', '/linode/instances/:linode/ips', listAddresses);
  api.route('POST', '/linode/instances/:linode/ips', addAddress);
  api.route('GET', '/linode/instances/:linode/ips/:address', showAddress);
  api.route('DELETE', '/linode/instances/:linode/ips/:address', deleteAddress);
}

export const instancesOf = ({ testbed, cloud }: Pick<Call, 'testbed' | 'cloud'>): Instance[] =>
  testbed.fleet.all().filter(({ cloud: at, state }) => at === cloud.name && state !== 'terminated');

/** @throws LinodeError 404 */
export function findInstance(call: Call): Instance {
  const found = instancesOf(call).find(({ id }) => id === call.params.linode);
  if (!found) throw notFound();
  return found;
}

const listInstances: Handler = (call) =>
  paged(
    call,
    instancesOf(call).map((instance) => instanceView(call, instance)),
    ['id', 'image', 'label', 'region', 'tags', 'type', 'group', 'ipv4', 'status'],
  );

const showInstance: Handler = (call) => instanceView(call, findInstance(call));

const Update = Type.Object({ label: Type.Optional(Type.String()), tags: Type.Optional(Type.Array(Type.String())) });

/** What is named is replaced ("Update a Linode"). */
const updateInstance: Handler = (call) => {
  const instance = findInstance(call);
  const { label, tags } = readBody(Update, call);
  checkTags(tags);
  if (label !== undefined) checkLabel(label, { least: 3, most: 64 });
  if (instancesOf(call).some(({ id, name }) => name === label && id !== instance.id))
    throw badRequest('Label must be unique among your linodes', 'label');
  const renamed = label === undefined ? instance : call.testbed.fleet.rename(instance, label);
  if (tags !== undefined) call.testbed.fleet.relabel(renamed, labelsOf(tags));
  return instanceView(call, findInstance(call));
};

/** Its addresses go with it. */
const deleteInstance: Handler = (call) => {
  const instance = findInstance(call);
  for (const own of addedTo(call, instance)) call.testbed.publicAddresses.giveBack(own);
  if (instance.state !== 'deleting') call.testbed.fleet.act(instance, 'delete');
  return {};
};
