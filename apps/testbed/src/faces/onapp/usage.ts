import { type InstanceMetrics, metricsOf } from '../../cloud/metrics.js';
import type { Call, Handler } from './call.js';
import { userId } from './infrastructure.js';
import { notFound } from './onapp-error.js';
import { diskCalled } from './disks.js';
import { priceOf } from './prices.js';
import { recordOf, sizeOf, vmCalled, vmsOf } from './vms.js';
import type { Instance } from '../../cloud/instance.js';

const hourMs = 3_600_000;

/** There are only the statistics of the present hour. */
const statOf = (call: Call, vm: Instance) => ({
  id: Number(vm.id),
  virtual_machine_id: Number(vm.id),
  user_id: userId,
  stat_time: new Date(Math.floor(call.testbed.clock.now() / hourMs) * hourMs).toISOString(),
});

function measured(call: Call, vm: Instance): InstanceMetrics | null {
  const size = sizeOf(call, vm);
  return size && vm.state === 'running' ? metricsOf(vm, size, call.testbed.clock.now()) : null;
}

/** Tenths of a second of one core: of 2330, 2330 / 10 / 3600 is 6 % (OnApp 5.2 API guide, Get VS CPU Usage Statistics). */
export const cpuUsage: Handler = (call) => {
  const vm = vmCalled(call);
  const metrics = measured(call, vm);
  const cores = sizeOf(call, vm)?.vcpus ?? 1;
  const stat = metrics && {
    ...statOf(call, vm),
    cpu_time: Math.round((metrics.cpuPercent / 100) * cores * 36_000),
    elapsed_time: 3600,
  };
  return { body: stat ? [{ cpu_hourly_stat: stat }] : [] };
};

/** Kilobytes. */
export const interfaceUsage: Handler = (call) => {
  const vm = vmCalled(call);
  if (recordOf(call, vm).interface !== call.params.nic) throw notFound();
  const metrics = measured(call, vm);
  if (!metrics) return { body: [] };
  const traffic = { data_received: kilobytes(metrics.networkInBytes), data_sent: kilobytes(metrics.networkOutBytes) };
  return { body: [{ net_hourly_stat: { ...statOf(call, vm), network_interface_id: Number(call.params.nic), ...traffic } }] };
};

/** Kilobytes. */
export const diskUsage: Handler = (call) => {
  const { id, vm } = diskCalled(call);
  const metrics = measured(call, vm);
  if (!metrics) return { body: [] };
  const traffic = { data_read: kilobytes(metrics.diskReadBytes), data_written: kilobytes(metrics.diskWriteBytes) };
  return { body: [{ disk_hourly_stat: { ...statOf(call, vm), disk_id: Number(id), ...traffic } }] };
};

/** Of every server together. */
export const usageStatistics: Handler = (call) => ({
  body: vmsOf(call).flatMap((vm) => {
    const metrics = measured(call, vm);
    const size = sizeOf(call, vm);
    if (!metrics || !size) return [];
    const usage = {
      cpu_usage: metrics.cpuSeconds,
      data_received: kilobytes(metrics.networkInBytes),
      data_sent: kilobytes(metrics.networkOutBytes),
      data_read: kilobytes(metrics.diskReadBytes),
      data_written: kilobytes(metrics.diskWriteBytes),
      cost: priceOf(size, 'on'),
    };
    return [{ vm_stat: { ...statOf(call, vm), ...usage } }];
  }),
});

const kilobytes = (bytes: number): number => Math.round(bytes / 1024);
