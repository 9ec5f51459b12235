import { entries, field, type Json, list, number, text } from '../../vendor/json.js';
import { readMachineLabel } from '../../vendor/machine-label.js';
import { type Fault, type Instance, type InstanceState, installationTag, placementTag } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { readPlan } from './plan.js';

type Meta = Readonly<Record<string, string>>;

export interface Mount {
  readonly drive: string;
  readonly channel: string;
  readonly device: string;
  readonly bootOrder: number | null;
}

export interface Server {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly cpu: number;
  readonly smp: number;
  readonly mem: number;
  readonly vncPassword: string;
  readonly meta: Meta;
  readonly tags: readonly string[];
  readonly nics: readonly Json[];
  readonly mounts: readonly Mount[];
  /** When it was started; null unless it runs. */
  readonly since: string | null;
  readonly address: string | null;
}

/** @throws VendorError unknown for what is no server. */
export function serverOf(server: Json): Server {
  const [id, cpu, mem] = [text(server, 'uuid'), number(server, 'cpu'), number(server, 'mem')];
  if (id === undefined || cpu === undefined || mem === undefined) throw malformed('the answer does not describe a server');
  return {
    id,
    name: text(server, 'name') ?? id,
    status: text(server, 'status') ?? '',
    cpu,
    smp: number(server, 'smp') ?? 1,
    mem,
    vncPassword: text(server, 'vnc_password') ?? '',
    meta: metaOf(server),
    tags: list(server, 'tags').flatMap((tag) => text(tag, 'uuid') ?? []),
    nics: list(server, 'nics'),
    mounts: list(server, 'drives').flatMap(mountOf),
    since: text(server, 'runtime', 'active_since') ?? null,
    address: addressOf(server),
  };
}

function mountOf(mount: Json): readonly Mount[] {
  const drive = text(mount, 'drive', 'uuid') ?? text(mount, 'drive');
  if (drive === undefined) return [];
  const [channel, device] = [text(mount, 'dev_channel') ?? '0:0', text(mount, 'device') ?? 'virtio'];
  return [{ drive, channel, device, bootOrder: number(mount, 'boot_order') ?? null }];
}

/** The uuid of an address is the address (IPs). */
function addressOf(server: Json): string | null {
  const nics = [...list(server, 'runtime', 'nics'), ...list(server, 'nics').map((nic) => field(nic, 'runtime') ?? null)];
  return nics.flatMap((nic) => text(nic, 'ip_v4', 'uuid') ?? [])[0] ?? null;
}

const metaOf = (thing: Json): Meta =>
  Object.fromEntries(entries(thing, 'meta').flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));

/** A server's definition, as an update wants it: what it leaves out is taken away (Servers, Editing; Server Network Interfaces). */
export const definitionOf = ({ name, cpu, smp, mem, vncPassword, meta, tags, nics, mounts }: Server): object => ({
  name,
  cpu,
  smp,
  mem,
  vnc_password: vncPassword,
  meta,
  tags,
  nics: nics.map(nicDefinitionOf),
  drives: mounts.map(({ drive, channel, device, bootOrder }) => ({
    drive,
    dev_channel: channel,
    device,
    boot_order: bootOrder,
  })),
});

function nicDefinitionOf(nic: Json): object {
  const conf = (name: string): object | undefined => {
    const [kind, ip] = [text(nic, name, 'conf'), text(nic, name, 'ip', 'uuid') ?? text(nic, name, 'ip')];
    return kind === undefined ? undefined : { conf: kind, ...(ip === undefined ? {} : { ip }) };
  };
  return {
    mac: text(nic, 'mac'),
    model: text(nic, 'model'),
    boot_order: number(nic, 'boot_order'),
    firewall_policy: text(nic, 'firewall_policy', 'uuid') ?? text(nic, 'firewall_policy'),
    vlan: text(nic, 'vlan', 'uuid') ?? text(nic, 'vlan'),
    ip_v4_conf: conf('ip_v4_conf'),
    ip_v6_conf: conf('ip_v6_conf'),
  };
}

const states: Readonly<Record<string, InstanceState>> = {
  running: 'active',
  stopped: 'inactive',
  paused: 'suspended',
  unavailable: 'error',
};

/** A server with a plan is on its way, whatever it is just now. */
export function instanceOf(server: Server, region: string, fault: Fault | null = null): Instance {
  const told = states[server.status] ?? 'building';
  const planned = told !== 'error' && readPlan(server.meta) !== undefined;
  const shown = { vendorId: server.id, address: server.address, zone: region };
  if (fault) return { ...shown, state: 'error', fault };
  if (told === 'error') return { ...shown, state: 'error', fault: unavailable };
  return { ...shown, state: planned ? 'building' : told, fault: null };
}

const unavailable: Fault = {
  reason: 'boot-failed',
  code: 'unavailable',
  message: 'CloudSigma says that the server is unavailable, and not why',
};

export const placementOf = ({ meta }: Server): string | undefined => meta[placementTag];

export const installationOf = ({ meta }: Server): string | undefined => meta[installationTag];

export interface Drive {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly size: number;
  readonly meta: Meta;
  readonly mountedOn: readonly string[];
  /** The machine that it was cloned for. */
  readonly placement: string | undefined;
}

/** @throws VendorError unknown for what is no drive. */
export function driveOf(drive: Json): Drive {
  const [id, size] = [text(drive, 'uuid'), number(drive, 'size')];
  if (id === undefined || size === undefined) throw malformed('the answer does not describe a drive');
  const name = text(drive, 'name') ?? '';
  return {
    id,
    name,
    status: text(drive, 'status') ?? '',
    size,
    meta: metaOf(drive),
    mountedOn: list(drive, 'mounted_on').flatMap((server) => text(server, 'uuid') ?? []),
    placement: readMachineLabel(name)?.placement,
  };
}
