import { type InstanceMetrics, metricsOf } from '../../cloud/metrics.js';
import { findServer } from './find-server.js';
import { vcpusOf } from './flavors.js';
import { OpenStackFault } from './fault.js';
import { primaryPort } from './private-network.js';
import { statusOf } from './server-view.js';
import type { Handler } from './service.js';

interface Measured extends InstanceMetrics {
  readonly cores: number;
  readonly mac: string;
  /** What the hypervisor calls the server's interface: `tap` and the beginning of its port's id. */
  readonly tap: string;
}

/** Nova API reference, Show Server Diagnostics: whatever the hypervisor says, and one shape for all of them from 2.48 on. */
export const showDiagnostics: Handler = (call) => {
  const server = findServer(call);
  const size = call.cloud.size(call.region.region, server.size);
  if (server.state !== 'running' || !size)
    throw new OpenStackFault(
      409,
      `Cannot 'get_diagnostics' instance ${server.id} while it is in vm_state ${statusOf(server).vmState}`,
    );
  const { id, mac } = primaryPort(call, server);
  const metrics = metricsOf(server, size, call.testbed.clock.now());
  const measured = { ...metrics, cores: vcpusOf(size), mac, tap: `tap${id.slice(0, 11)}` };
  return { body: call.microversion >= 48 ? standardized(measured) : libvirts(measured) };
};

/** nova/virt/libvirt/driver.py, get_instance_diagnostics: libvirt counts the time of each core, and knows no utilisation. */
const standardized = (measured: Measured) => ({
  state: 'running',
  driver: 'libvirt',
  hypervisor: 'kvm',
  hypervisor_os: 'linux',
  uptime: measured.uptimeSeconds,
  config_drive: false,
  num_cpus: measured.cores,
  num_nics: 1,
  num_disks: 1,
  cpu_details: coreTimes(measured).map((time, id) => ({ id, time, utilisation: null })),
  memory_details: { maximum: measured.memoryMib, used: measured.memoryUsedMib },
  nic_details: [
    {
      mac_address: measured.mac,
      ...{
        rx_octets: measured.networkInBytes,
        rx_packets: packets(measured.networkInBytes),
        rx_drop: 0,
        rx_errors: 0,
        rx_rate: null,
      },
      ...{
        tx_octets: measured.networkOutBytes,
        tx_packets: packets(measured.networkOutBytes),
        tx_drop: 0,
        tx_errors: 0,
        tx_rate: null,
      },
    },
  ],
  disk_details: [
    {
      ...{ read_bytes: measured.diskReadBytes, read_requests: requests(measured.diskReadBytes) },
      ...{ write_bytes: measured.diskWriteBytes, write_requests: requests(measured.diskWriteBytes) },
      errors_count: -1,
    },
  ],
});

/** The example of the Compute API v2 reference, Get server diagnostics: one flat object, memory in KiB. */
const libvirts = (measured: Measured): Record<string, number> => ({
  ...Object.fromEntries(coreTimes(measured).map((time, core) => [`cpu${core}_time`, time])),
  memory: measured.memoryMib * 1024,
  'memory-actual': measured.memoryMib * 1024,
  'memory-rss': measured.memoryUsedMib * 1024,
  vda_read: measured.diskReadBytes,
  vda_read_req: requests(measured.diskReadBytes),
  vda_write: measured.diskWriteBytes,
  vda_write_req: requests(measured.diskWriteBytes),
  vda_errors: -1,
  [`${measured.tap}_rx`]: measured.networkInBytes,
  [`${measured.tap}_rx_packets`]: packets(measured.networkInBytes),
  [`${measured.tap}_rx_drop`]: 0,
  [`${measured.tap}_rx_errors`]: 0,
  [`${measured.tap}_tx`]: measured.networkOutBytes,
  [`${measured.tap}_tx_packets`]: packets(measured.networkOutBytes),
  [`${measured.tap}_tx_drop`]: 0,
  [`${measured.tap}_tx_errors`]: 0,
});

/** Nanoseconds, the same on every core. */
const coreTimes = ({ cpuSeconds, cores }: Measured): number[] =>
  Array.from({ length: cores }, () => Math.round((cpuSeconds / cores) * 1e9));

const packets = (bytes: number): number => Math.ceil(bytes / 1400);
const requests = (bytes: number): number => Math.ceil(bytes / 16_384);
