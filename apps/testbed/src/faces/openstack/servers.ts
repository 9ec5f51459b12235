import type { Action, Instance } from '../../cloud/instance.js';
import { metricsOf } from '../../cloud/metrics.js';
import { Refusal } from '../../cloud/refusal.js';
import { badRequest, notFound, OpenStackFault } from './fault.js';
import { pageAfter } from './paging.js';
import { serverLinks, serverView, statusOf } from './server-view.js';
import type { Answer, Call, Handler } from './service.js';

export const listServersInDetail: Handler = (call) => list(call, '/servers/detail', (server) => serverView(call, server));

export const listServers: Handler = (call) =>
  list(call, '/servers', ({ id, name }) => ({ id, name, links: serverLinks(call, id) }));

export const showServer: Handler = (call) => ({ body: { server: serverView(call, find(call)) } });

export const deleteServer: Handler = (call) => {
  const server = find(call);
  if (server.state !== 'deleting') call.testbed.fleet.act(server, 'delete');
  return { status: 204 };
};

const actions: Readonly<Record<string, Action>> = {
  'os-start': 'start',
  'os-stop': 'stop',
  reboot: 'reboot',
  suspend: 'suspend',
  resume: 'resume',
  forceDelete: 'delete',
};

export const actOnServer: Handler = (call) => {
  const server = find(call);
  const [name = '', ...more] = Object.keys(call.body ?? {});
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action || more.length > 0) throw badRequest(`There is no such action: ${name}`);
  if (action === 'reboot') checkReboot(call.body);
  try {
    call.testbed.fleet.act(server, action);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new OpenStackFault(409, `Cannot '${action}' instance ${server.id} while it is in vm_state ${statusOf(server).vmState}`);
  }
  return { status: 202 };
};

function checkReboot(body: unknown): void {
  const { type } = ((body as { reboot?: unknown }).reboot ?? {}) as { type?: unknown };
  if (type !== 'SOFT' && type !== 'HARD')
    throw badRequest(`Invalid input for field/attribute type. Value: ${String(type)}. It is not one of ['SOFT', 'HARD'].`);
}

/** Nova API reference, Show Server Diagnostics: one shape for all hypervisors from 2.48 on. */
export const showDiagnostics: Handler = (call) => {
  const server = find(call);
  const size = call.cloud.size(call.region.region, server.size);
  if (call.microversion < 48) throw new OpenStackFault(400, 'This cloud shows diagnostics from microversion 2.48 on.');
  if (server.state !== 'running' || !size)
    throw new OpenStackFault(
      409,
      `Cannot 'get_diagnostics' instance ${server.id} while it is in vm_state ${statusOf(server).vmState}`,
    );
  const metrics = metricsOf(server, size, call.testbed.clock.now());
  return {
    body: {
      state: 'running',
      driver: 'libvirt',
      hypervisor: 'kvm',
      hypervisor_os: 'linux',
      uptime: metrics.uptimeSeconds,
      config_drive: false,
      num_cpus: 1,
      num_nics: 1,
      num_disks: 1,
      cpu_details: [{ id: 0, time: Math.round(metrics.cpuSeconds * 1e9), utilisation: Math.round(metrics.cpuPercent) }],
      memory_details: { maximum: metrics.memoryMib, used: metrics.memoryUsedMib },
      nic_details: [{ mac_address: null, rx_octets: metrics.networkInBytes, tx_octets: metrics.networkOutBytes }],
      disk_details: [{ read_bytes: metrics.diskReadBytes, write_bytes: metrics.diskWriteBytes }],
    },
  };
};

const visible = ({ cloud, region }: Call): Instance[] =>
  cloud.instances(region.region).filter(({ state }) => state !== 'terminated');

function find(call: Call): Instance {
  const server = visible(call).find(({ id }) => id === call.params.id);
  if (!server) throw notFound(`Instance ${call.params.id ?? ''} could not be found.`);
  return server;
}

function list(call: Call, path: string, view: (server: Instance) => unknown): Answer {
  const newestFirst = visible(call).sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
  const { items, next } = pageAfter(filtered(newestFirst, call.query), call.query);
  const links = next === null ? {} : { servers_links: [{ rel: 'next', href: `${call.base}/v2.1${path}?${next}` }] };
  return { body: { servers: items.map(view), ...links } };
}

/** Nova reads a name as a regular expression that may match anywhere; filters it does not know are ignored. */
function filtered(servers: readonly Instance[], query: URLSearchParams): Instance[] {
  const name = patternOf(query.get('name'));
  const status = query.get('status')?.toUpperCase();
  const image = query.get('image');
  return servers.filter(
    (server) =>
      (name?.test(server.name) ?? true) &&
      (status === undefined || statusOf(server).status === status) &&
      (image === null || server.image === image),
  );
}

function patternOf(name: string | null): RegExp | null {
  try {
    return name === null ? null : new RegExp(name);
  } catch {
    throw badRequest(`Invalid input for query parameters name. Value: ${String(name)}.`);
  }
}
