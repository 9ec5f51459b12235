import type { Instance } from '../../cloud/instance.js';
import { type InstanceMetrics, metricsOf } from '../../cloud/metrics.js';
import type { Call } from './call.js';
import { devicesOf, sizeOf, staticAddressOf } from './configuration.js';
import type { Shown } from './pairs.js';

const mhzPerProcessor = 2_500;
const packetBytes = 1_000;
const blockBytes = 4_096;

/** The documents' statuses: active, stopped, paused, dumped, dead. What is about to stop is active until it has. */
const statusOf = ({ odd, state }: Instance): string => {
  if (odd) return odd;
  if (state === 'error') return 'dead';
  return state === 'stopped' ? 'stopped' : 'active';
};

/** Numbers are numbers and counters text, as JSON answers have them. */
export function serverView(call: Call, server: Instance): Shown {
  const { cpu, mem, smp = 'auto', ...pairs } = server.labels;
  return {
    ...pairs,
    cpu: Number(cpu),
    mem: Number(mem),
    persistent: pairs.persistent ?? 'false',
    server: server.id,
    smp: smp === 'auto' ? smp : Number(smp),
    'smp:cores': smp === 'auto' ? Math.ceil(Number(cpu) / mhzPerProcessor) : Number(smp),
    status: statusOf(server),
    user: call.user,
    ...(statusOf(server) === 'active' ? active(call, server) : {}),
  };
}

function active(call: Call, server: Instance): Shown {
  const { labels, launchedAt, createdAt, address } = server;
  const measured = metricsOf(server, sizeOf(call, labels), call.testbed.clock.now());
  const shown = staticAddressOf(call, labels)?.address ?? address;
  return {
    ...(labels['nic:0:dhcp'] === undefined || shown === null ? {} : { 'nic:0:dhcp:ip': shown }),
    started: Math.floor((launchedAt ?? createdAt) / 1_000),
    rx: measured.networkInBytes,
    'rx:packets': Math.ceil(measured.networkInBytes / packetBytes),
    tx: measured.networkOutBytes,
    'tx:packets': Math.ceil(measured.networkOutBytes / packetBytes),
    ...Object.fromEntries(devicesOf(labels).flatMap(([device], index) => counters(device, index, measured))),
  };
}

/** All that is read and written is on the first drive. */
function counters(device: string, index: number, { diskReadBytes, diskWriteBytes }: InstanceMetrics): [string, string][] {
  const [read, written] = index === 0 ? [diskReadBytes, diskWriteBytes] : [0, 0];
  return [
    [`${device}:read:bytes`, String(read)],
    [`${device}:read:requests`, String(Math.ceil(read / blockBytes))],
    [`${device}:write:bytes`, String(written)],
    [`${device}:write:requests`, String(Math.ceil(written / blockBytes))],
  ];
}
