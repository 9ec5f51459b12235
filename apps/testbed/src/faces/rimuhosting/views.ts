import type { Instance, InstanceState } from '../../cloud/instance.js';
import { metricsOf } from '../../cloud/metrics.js';
import type { Asked } from '../protocol.js';
import { billingOf, locationOf, memoryMbOf, sizeCalled } from './catalogue.js';

interface Meta {
  readonly key_name: string;
  readonly value: string;
}

export const labelsOf = (metaData: readonly Meta[]): Readonly<Record<string, string>> =>
  Object.fromEntries(metaData.map(({ key_name: name, value }) => [name, value]));

/** An order is cancelled when its server is deleted, or could not be set up; it can be looked at for a while yet. */
export const isActive = ({ state }: Instance): boolean => !['deleting', 'terminated', 'error'].includes(state);

/** There are four words. One that is set up, started or resized is restarting; one that is stopping runs until it has stopped. */
const runningStates: Partial<Readonly<Record<InstanceState, string>>> = {
  running: 'RUNNING',
  stopping: 'RUNNING',
  booting: 'RESTARTING',
  starting: 'RESTARTING',
  rebooting: 'RESTARTING',
  resizing: 'RESTARTING',
};

const runningState = ({ odd, state }: Instance): string => odd ?? runningStates[state] ?? 'NOTRUNNING';

/** What the database knows of an order. */
export function orderView({ cloud }: Asked, order: Instance) {
  const { id, name, region, image, labels, createdAt, address } = order;
  const place = cloud.region(region);
  return {
    order_oid: Number(id),
    domain_name: name,
    slug: `order-${id}-${name.replaceAll('.', '-').slice(0, 21)}`,
    billing_oid: 1,
    is_on_customers_own_physical_server: false,
    vps_parameters: parametersOf({ cloud }, order),
    host_server_oid: '836',
    server_type: 'VPS',
    data_transfer_allowance: { data_transfer_gb: 30, data_transfer: '30' },
    billing_info: {
      ...priceOf({ cloud }, order),
      suspended_date: null,
      prepaid_until: null,
      order_date: dateView(createdAt),
      cancellation_date: isActive(order) ? null : dateView(order.endedAt ?? createdAt),
    },
    location: place === undefined ? null : locationOf(place),
    allocated_ips: { primary_ip: address, secondary_ips: [] },
    running_state: runningState(order),
    distro: image,
    meta_data: Object.entries(labels).map(([key, value]): Meta => ({ key_name: key, value })),
  };
}

export function parametersOf({ cloud }: Pick<Asked, 'cloud'>, { region, size: name }: Instance) {
  const size = sizeCalled(cloud, region, name);
  return { memory_mb: size ? memoryMbOf(size) : 0, disk_space_mb: (size?.diskGib ?? 0) * 1024, disk_space_2_mb: 0 };
}

export function priceOf({ cloud }: Pick<Asked, 'cloud'>, { region, size: name }: Instance): Readonly<Record<string, unknown>> {
  const size = sizeCalled(cloud, region, name);
  return size ? billingOf(cloud, region, size) : {};
}

/** What the host server knows of a running server. */
export function vpsInfo({ cloud, testbed }: Asked, order: Instance) {
  const size = sizeCalled(cloud, order.region, order.size);
  const measured = size && metricsOf(order, size, testbed.clock.now());
  return {
    pings_ok: order.state === 'running' && !order.dead,
    current_kernel: 'default64',
    current_kernel_canonical: '2.6.30.5-xenU.x86_64',
    last_backup_message: '',
    is_console_login_enabled: false,
    console_public_authorized_keys: null,
    is_backup_running: false,
    is_backups_enabled: false,
    next_backup_time: null,
    vps_uptime_s: measured?.uptimeSeconds ?? 0,
    vps_cpu_time_s: Math.floor(measured?.cpuSeconds ?? 0),
    running_state: runningState(order),
    is_suspended: false,
  };
}

const dateView = (at: number) => ({
  ms_since_epoch: at,
  iso_format: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
  users_tz_offset_ms: 0,
});
