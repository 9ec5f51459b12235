import { digest, uuidOf } from '../../cloud/digest.js';
import type { Instance, InstanceState } from '../../cloud/instance.js';
import type { Call } from './api.js';
import { time } from './times.js';
import { diskMb, memoryMb } from './types.js';

/** Linode API v4, List Linodes: status. A boot that has failed leaves a Linode offline; the events tell of it. */
const statuses: Readonly<Record<InstanceState, string>> = {
  booting: 'provisioning',
  running: 'running',
  stopping: 'shutting_down',
  stopped: 'offline',
  starting: 'booting',
  rebooting: 'rebooting',
  resizing: 'resizing',
  resized: 'running',
  reverting: 'resizing',
  deleting: 'deleting',
  terminated: 'deleting',
  error: 'offline',
  suspending: 'stopped',
  suspended: 'stopped',
  resuming: 'booting',
  pausing: 'stopped',
  paused: 'stopped',
  unpausing: 'booting',
};

export const statusOf = ({ state, odd }: Instance): string => odd ?? statuses[state];

export function instanceView({ cloud, testbed }: Call, instance: Instance) {
  const { id, name, size: type, region, image, labels, address, createdAt, launchedAt, request } = instance;
  const size = cloud.size(region, type);
  return {
    id: Number(id),
    label: name,
    group: '',
    status: statusOf(instance),
    created: time(createdAt),
    updated: time(launchedAt ?? createdAt),
    type,
    ipv4: [...(address === null ? [] : [address]), ...testbed.publicAddresses.of(instance).map((own) => own.address)],
    ipv6: `2001:db8::${digest(id, 4)}/128`,
    image,
    region,
    specs: {
      disk: size ? diskMb(size) : 0,
      memory: size ? memoryMb(size) : 0,
      vcpus: Math.ceil(size?.vcpus ?? 0),
      gpus: size?.gpu?.count ?? 0,
      transfer: 1000,
    },
    alerts: { cpu: 90, network_in: 10, network_out: 10, transfer_quota: 80, io: 10_000 },
    backups: { enabled: false, available: false, schedule: { day: null, window: null }, last_successful: null },
    hypervisor: 'kvm',
    watchdog_enabled: true,
    tags: Object.keys(labels),
    host_uuid: uuidOf(`${cloud.name} ${instance.zone}`),
    has_user_data: request !== null,
    placement_group: null,
    disk_encryption: 'disabled',
  };
}
