import type { Instance } from '../../cloud/instance.js';
import { metricsOf } from '../../cloud/metrics.js';
import { badRequest, OpenStackFault } from './fault.js';
import { findServer, visibleServers } from './find-server.js';
import { pageAfter } from './paging.js';
import { serverLinks, serverView, statusOf } from './server-view.js';
import type { Answer, Call, Handler } from './service.js';

export const listServersInDetail: Handler = (call) => list(call, '/servers/detail', (server) => serverView(call, server));

export const listServers: Handler = (call) =>
  list(call, '/servers', ({ id, name }) => ({ id, name, links: serverLinks(call, id) }));

export const showServer: Handler = (call) => ({ body: { server: serverView(call, findServer(call)) } });

export const deleteServer: Handler = (call) => {
  const server = findServer(call);
  if (server.state !== 'deleting') call.testbed.fleet.act(server, 'delete');
  return { status: 204 };
};

/** Nova API reference, Show Server Diagnostics: one shape for all hypervisors from 2.48 on. */
export const showDiagnostics: Handler = (call) => {
  const server = findServer(call);
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

function list(call: Call, path: string, view: (server: Instance) => unknown): Answer {
  const newestFirst = visibleServers(call).sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
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
