import { digest } from '../../cloud/digest.js';
import type { Instance, InstanceState } from '../../cloud/instance.js';
import type { Interface } from '../../cloud/network.js';
import { embeddedFlavor, flavorsOf } from './flavors.js';
import { identityOf } from './identity.js';
import { networkCalled } from './networks.js';
import { primaryPort } from './private-network.js';
import type { Call } from './service.js';

interface Status {
  readonly status: string;
  readonly vmState: string;
  readonly taskState: string | null;
  /** 0 none, 1 running, 3 paused, 4 shut down. */
  readonly powerState: number;
}

const statuses: Readonly<Record<InstanceState, Status>> = {
  booting: { status: 'BUILD', vmState: 'building', taskState: 'spawning', powerState: 0 },
  running: { status: 'ACTIVE', vmState: 'active', taskState: null, powerState: 1 },
  stopping: { status: 'ACTIVE', vmState: 'active', taskState: 'powering-off', powerState: 1 },
  stopped: { status: 'SHUTOFF', vmState: 'stopped', taskState: null, powerState: 4 },
  starting: { status: 'SHUTOFF', vmState: 'stopped', taskState: 'powering-on', powerState: 4 },
  rebooting: { status: 'REBOOT', vmState: 'active', taskState: 'rebooting', powerState: 1 },
  suspending: { status: 'ACTIVE', vmState: 'active', taskState: 'suspending', powerState: 1 },
  suspended: { status: 'SUSPENDED', vmState: 'suspended', taskState: null, powerState: 4 },
  resuming: { status: 'SUSPENDED', vmState: 'suspended', taskState: 'resuming', powerState: 4 },
  pausing: { status: 'ACTIVE', vmState: 'active', taskState: 'pausing', powerState: 1 },
  paused: { status: 'PAUSED', vmState: 'paused', taskState: null, powerState: 3 },
  unpausing: { status: 'PAUSED', vmState: 'paused', taskState: 'unpausing', powerState: 3 },
  resizing: { status: 'RESIZE', vmState: 'active', taskState: 'resize_migrating', powerState: 1 },
  resized: { status: 'VERIFY_RESIZE', vmState: 'resized', taskState: null, powerState: 1 },
  reverting: { status: 'REVERT_RESIZE', vmState: 'resized', taskState: 'resize_reverting', powerState: 1 },
  error: { status: 'ERROR', vmState: 'error', taskState: null, powerState: 0 },
  // While it is being deleted a server keeps the status it had.
  deleting: { status: 'ACTIVE', vmState: 'active', taskState: 'deleting', powerState: 1 },
  terminated: { status: 'DELETED', vmState: 'deleted', taskState: null, powerState: 0 },
};

export const statusOf = ({ state }: Instance): Status => statuses[state];

export const serverLinks = ({ base, root }: Call, id: string) => [
  { rel: 'self', href: `${root}/servers/${id}` },
  { rel: 'bookmark', href: `${base}/servers/${id}` },
];

export function serverView(call: Call, instance: Instance) {
  const { cloud, region, base } = call;
  const { status, vmState, taskState, powerState } = statusOf(instance);
  const { project, user } = identityOf(cloud);
  const flavor = flavorsOf(cloud, region).find(({ size }) => size.name === instance.size);
  return {
    id: instance.id,
    name: instance.name,
    status: instance.odd ?? status,
    tenant_id: project.id,
    user_id: user.id,
    metadata: instance.labels,
    hostId: digest(`${cloud.name} ${instance.zone}`, 56),
    image: { id: instance.image, links: [{ rel: 'bookmark', href: `${base}/images/${instance.image}` }] },
    flavor: flavor ? embeddedFlavor(call, flavor) : {},
    created: time(instance.createdAt),
    updated: time(instance.launchedAt ?? instance.createdAt),
    addresses: addressesOf(call, instance),
    accessIPv4: call.dialect.serviceNetwork && hasAddress(instance) ? instance.address : '',
    accessIPv6: '',
    links: serverLinks(call, instance.id),
    'OS-DCF:diskConfig': 'MANUAL',
    progress: status === 'ACTIVE' ? 100 : 0,
    'OS-EXT-AZ:availability_zone': instance.zone,
    config_drive: '',
    key_name: instance.keyName,
    'OS-SRV-USG:launched_at': instance.launchedAt === null ? null : time(instance.launchedAt).replace('Z', '.000000'),
    'OS-SRV-USG:terminated_at': null,
    security_groups: [{ name: 'default' }],
    'OS-EXT-STS:task_state': taskState,
    'OS-EXT-STS:vm_state': vmState,
    'OS-EXT-STS:power_state': powerState,
    'os-extended-volumes:volumes_attached': call.testbed.volumes
      .of(instance)
      .map(({ id }) => ({ id, ...(call.microversion >= 3 ? { delete_on_termination: false } : {}) })),
    ...(instance.state === 'error' && instance.fault
      ? { fault: { code: instance.fault.code, created: time(instance.fault.at), message: instance.fault.message } }
      : {}),
  };
}

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

type AddressView = Readonly<Record<string, unknown>>;

/** A server has no addresses until it is built; then those of the interfaces it came with and of all that were added. */
function addressesOf(call: Call, server: Instance): Record<string, AddressView[]> {
  if (!hasAddress(server)) return {};
  const { name: service, id } = call.dialect.serviceNetwork ?? {};
  const addresses: Record<string, AddressView[]> =
    service === undefined ? {} : { [service]: [serviceAddress(`${server.id} ${id ?? ''}`)] };
  for (const port of [primaryPort(call, server), ...call.testbed.interfaces.of(server)])
    (addresses[networkCalled(call, port.network).name] ??= []).push(...portAddresses(call, server, port));
  return addresses;
}

const hasAddress = ({ address, state }: Instance): boolean => address !== null && state !== 'booting';

function portAddresses({ testbed }: Call, server: Instance, { id, address, mac }: Interface): AddressView[] {
  if (address === null) return [];
  const floating = testbed.publicAddresses.of(server).filter(({ holder }) => holder?.id === id);
  return [addressView(address, 'fixed', mac), ...floating.map((own) => addressView(own.address, 'floating', mac))];
}

const addressView = (addr: string, type: 'fixed' | 'floating', mac: string): AddressView => ({
  version: 4,
  addr,
  'OS-EXT-IPS:type': type,
  'OS-EXT-IPS-MAC:mac_addr': mac,
});

/** Of a network inside the region: nobody of the testbed answers there. */
function serviceAddress(seed: string): AddressView {
  const [first = 0, second = 0] = Buffer.from(digest(seed, 4), 'hex');
  return { version: 4, addr: `10.208.${first}.${second}` };
}
