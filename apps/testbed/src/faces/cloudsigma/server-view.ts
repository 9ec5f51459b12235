import type { Instance, InstanceState } from '../../cloud/instance.js';
import { metricsOf } from '../../cloud/metrics.js';
import { type Call, reference } from './call.js';
import { definitionOf, type Nic, sizeOf } from './definition.js';
import { tagsOf } from './tags.js';
import { userOf } from './user.js';

const statuses: Partial<Readonly<Record<InstanceState, string>>> = {
  booting: 'starting',
  starting: 'starting',
  rebooting: 'starting',
  running: 'running',
  stopping: 'stopping',
  stopped: 'stopped',
  deleting: 'deleting',
};

export const statusOf = ({ state }: Instance): string => statuses[state] ?? 'unavailable';

const shownStatus = (server: Instance): string => server.odd ?? statusOf(server);

export const serverSummary = (call: Call, server: Instance) => ({
  ...reference(call, 'servers', server.id),
  name: definitionOf(server).name,
  owner: userOf(call),
  runtime: runtimeOf(call, server),
  status: shownStatus(server),
});

export function serverView(call: Call, server: Instance) {
  const { drives, nics, ...definition } = definitionOf(server);
  return {
    ...serverSummary(call, server),
    ...definition,
    context: true,
    cpu_model: null,
    cpus_instead_of_cores: false,
    enable_numa: false,
    hv_relaxed: false,
    hv_tsc: false,
    drives: drives.map(({ drive, ...mount }) => ({
      ...mount,
      drive: reference(call, 'drives', drive),
      runtime: diskRuntime(call, server),
    })),
    nics: nics.map((nic) => nicView(call, server, nic)),
    tags: tagsOf(call, server.id),
    grantees: [],
    jobs: [],
    permissions: [],
    requirements: [],
  };
}

const nicView = (call: Call, server: Instance, nic: Nic) => ({
  mac: nic.mac,
  model: nic.model,
  boot_order: null,
  firewall_policy: null,
  ip_v4_conf: nic.conf === null ? null : { conf: nic.conf, ip: null },
  ip_v6_conf: null,
  vlan: nic.vlan === null ? null : reference(call, 'vlans', nic.vlan),
  runtime: server.state === 'running' ? nicRuntime(call, server, nic) : null,
});

/** Only a server that runs has one. */
function runtimeOf(call: Call, server: Instance) {
  if (server.state !== 'running') return null;
  return {
    active_since: `${new Date(server.launchedAt ?? server.createdAt).toISOString().slice(0, 19)}+00:00`,
    nics: definitionOf(server).nics.map((nic) => ({ mac: nic.mac, ...nicRuntime(call, server, nic) })),
  };
}

/** The address of the testbed is that of the first public interface; the measures are all of it too. */
function nicRuntime(call: Call, server: Instance, nic: Nic) {
  const first = definitionOf(server).nics.find(({ conf }) => conf === 'dhcp');
  const isFirst = nic.mac === first?.mac && server.address !== null;
  const { networkInBytes, networkOutBytes } = measured(call, server);
  return {
    interface_type: nic.vlan === null ? 'public' : 'private',
    io: {
      bytes_recv: isFirst ? networkInBytes : 0,
      bytes_sent: isFirst ? networkOutBytes : 0,
      packets_recv: isFirst ? Math.ceil(networkInBytes / 1_000) : 0,
      packets_sent: isFirst ? Math.ceil(networkOutBytes / 1_000) : 0,
    },
    ip_v4: isFirst ? reference(call, 'ips', server.address) : null,
    ip_v6: null,
  };
}

function diskRuntime(call: Call, server: Instance) {
  if (server.state !== 'running') return null;
  const { diskReadBytes, diskWriteBytes } = measured(call, server);
  return {
    io: {
      bytes_read: diskReadBytes,
      bytes_written: diskWriteBytes,
      count_read: Math.ceil(diskReadBytes / 4_096),
      count_written: Math.ceil(diskWriteBytes / 4_096),
      count_flush: 0,
      total_time_ns_read: 0,
      total_time_ns_write: 0,
      total_time_ns_flush: 0,
    },
  };
}

const measured = (call: Call, server: Instance) =>
  metricsOf(server, sizeOf(call, definitionOf(server)), call.testbed.clock.now());
