import type { Instance, InstanceState } from '../../cloud/instance.js';
import type { Call } from './call.js';
import { imageView, imagesOf, isSaving, osOf } from './images.js';
import { ipView } from './ips.js';
import { datacenterOf, type Option, ramOptions, serverStates, webServer } from './options.js';

/** A server gets its id some time after it was added (libcloud's driver waits minutes for it). */
const idMs = 100;

const states: Partial<Readonly<Record<InstanceState, Option>>> = {
  booting: serverStates.starting,
  running: serverStates.on,
  stopping: serverStates.stopping,
  starting: serverStates.starting,
  rebooting: serverStates.restarting,
  resizing: serverStates.updating,
  // No document tells what a server is called that is being deleted.
  deleting: serverStates.stopping,
};

export function serverView(call: Call, server: Instance) {
  const hasId = call.testbed.clock.now() >= server.createdAt + idMs;
  return { ...(hasId ? { id: Number(server.id) } : {}), ...viewOf(call, server), state: stateOf(call, server) };
}

/** As GoGrid answers an add: without an id, and off. */
export const addedServerView = (call: Call, server: Instance) => ({ ...viewOf(call, server), state: serverStates.off });

function viewOf(call: Call, server: Instance) {
  const { cloud, ips } = call;
  const image = imagesOf(call).find(({ id }) => String(id) === server.image);
  const ip = ips.find(cloud, server.labels.ip ?? '');
  return {
    name: server.name,
    description: server.labels.description ?? '',
    object: 'server',
    ip: ip ? ipView(ips, ip) : null,
    image: image ? imageView(image) : null,
    ram: ramOptions(cloud).find(({ size }) => size.name === server.size)?.option ?? null,
    type: webServer,
    os: osOf(image?.friendlyName ?? ''),
    isSandbox: server.labels.sandbox === 'true',
    datacenter: datacenterOf(server.region),
  };
}

function stateOf(call: Call, server: Instance): Option {
  if (server.odd !== null && server.odd !== undefined) return { id: 97, name: server.odd, description: null, object: 'option' };
  if (server.state === 'running' && isSaving(call, server)) return serverStates.saving;
  return states[server.state] ?? serverStates.off;
}
