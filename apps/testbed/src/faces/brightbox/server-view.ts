import { digest } from '../../cloud/digest.js';
import type { Instance, InstanceState } from '../../cloud/instance.js';
import type { Call } from './api.js';
import { typeView, zoneView } from './catalogue.js';
import { imageCalled, savedImages, savedView } from './images.js';
import { idOf, resourceOf, time } from './resource.js';

/**
 * Server statuses of Brightbox API 1.0: creating, active, inactive, deleting, deleted, failed, unavailable. On the way from one to the
 * other a server shows the one it had: the recorded answer to a stop is a server that is still active.
 */
const statuses: Readonly<Record<InstanceState, string>> = {
  booting: 'creating',
  running: 'active',
  stopping: 'active',
  stopped: 'inactive',
  starting: 'inactive',
  rebooting: 'active',
  deleting: 'deleting',
  terminated: 'deleted',
  error: 'failed',
  suspending: 'active',
  suspended: 'inactive',
  resuming: 'inactive',
  pausing: 'active',
  paused: 'inactive',
  unpausing: 'inactive',
  resizing: 'inactive',
  resized: 'inactive',
  reverting: 'inactive',
};

/** Within other resources. */
export function serverReference(call: Call, server: Instance) {
  const { id, name, state, odd, createdAt, launchedAt, endedAt } = server;
  return {
    ...resourceOf(call, 'server', id),
    name,
    status: odd ?? statuses[state],
    locked: false,
    hostname: id,
    fqdn: `${id}.${call.region.region}.brightbox.com`,
    created_at: time(createdAt),
    started_at: launchedAt === null ? null : time(launchedAt),
    deleted_at: state === 'terminated' && endedAt !== null ? time(endedAt) : null,
  };
}

/** What identifies a server's only interface. */
export const interfaceIdOf = ({ id }: Instance): string => idOf('interface', id);

export function interfaceView(call: Call, server: Instance) {
  const number = digest(server.id, 6).replace(/..(?!$)/g, '$&:');
  return {
    ...resourceOf(call, 'interface', interfaceIdOf(server)),
    mac_address: `02:24:19:${number}`,
    ipv4_address: server.address,
    ipv6_address: `2001:db8::24:19ff:${digest(server.id, 4)}`,
  };
}

export function serverView(call: Call, server: Instance) {
  const size = call.cloud.size(call.region.region, server.size);
  return {
    ...serverReference(call, server),
    user_data: server.labels.user_data ?? null,
    compatibility_mode: false,
    disk_encrypted: false,
    console_url: null,
    console_token: null,
    console_token_expires: null,
    account: resourceOf(call, 'account', idOf('account', call.cloud.name)),
    image: imageCalled(call, server.image) ?? resourceOf(call, 'image', server.image),
    server_type: size ? typeView(call, size) : null,
    zone: zoneView(call, server.zone),
    cloud_ips: call.testbed.publicAddresses.of(server).map(({ id, address, description: name }) => ({
      ...resourceOf(call, 'cloud_ip', id),
      status: 'mapped',
      public_ip: address,
      public_ipv4: address,
      name,
    })),
    interfaces: server.address === null ? [] : [interfaceView(call, server)],
    volumes: call.testbed.volumes.of(server).map(({ id, name }) => ({ ...resourceOf(call, 'volume', id), name })),
    snapshots: savedImages(call)
      .filter(({ instance }) => instance === server.id)
      .map((image) => savedView(call, image)),
    server_groups: [],
  };
}
