import { entries, type Json, number, text } from '../../vendor/json.js';
import { type Fault, type Instance, type InstanceState, installationTag, placementTag } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { readPlan } from './plan.js';

type User = Readonly<Record<string, string>>;

/** A drive at a place of a server: `ide:0:0`, `block:1`. */
export interface Mount {
  readonly device: string;
  readonly drive: string;
}

export interface Server {
  readonly id: string;
  readonly status: string;
  readonly cpu: number;
  readonly mem: number;
  readonly boot: string;
  readonly mounts: readonly Mount[];
  /** `user:*`, its user's own data. */
  readonly user: User;
  readonly started: number | null;
  readonly address: string | null;
}

/** @throws VendorError unknown for what is no server. */
export function serverOf(server: Json): Server {
  const [id, cpu, mem] = [text(server, 'server'), number(server, 'cpu'), number(server, 'mem')];
  if (id === undefined || cpu === undefined || mem === undefined) throw malformed('the answer does not describe a server');
  return {
    id,
    status: text(server, 'status') ?? '',
    cpu,
    mem,
    boot: firstText(server, 'boot') ?? 'ide:0:0',
    mounts: mountsOf(server),
    user: userOf(server),
    started: number(server, 'started') ?? null,
    address: firstText(server, 'nic:0:dhcp:ip') ?? staticAddress(server),
  };
}

/** A key with several values has a list of them. */
const firstText = (thing: Json, key: string): string | undefined => {
  const values = entries(thing).find(([name]) => name === key)?.[1];
  return Array.isArray(values) ? text((values as readonly Json[])[0]) : text(values);
};

/** `auto` is no address. */
function staticAddress(server: Json): string | null {
  const configured = text(server, 'nic:0:dhcp') ?? '';
  return /^[\d.]+$/.test(configured) ? configured : null;
}

const place = /^(ide:[01]:[01]|scsi:0:[0-7]|block:[0-7])$/;

const mountsOf = (server: Json): readonly Mount[] =>
  entries(server).flatMap(([device, drive]) =>
    place.test(device) && typeof drive === 'string' && drive !== '' ? [{ device, drive }] : [],
  );

const userPrefix = 'user:';

const userOf = (thing: Json): User =>
  Object.fromEntries(
    entries(thing).flatMap(([key, value]) =>
      key.startsWith(userPrefix) && typeof value === 'string' ? [[key.slice(userPrefix.length), value]] : [],
    ),
  );

export const asUserData = (user: User): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(user).map(([key, value]) => [userPrefix + key, value]));

const states: Readonly<Record<string, InstanceState>> = {
  active: 'active',
  stopped: 'inactive',
  paused: 'suspended',
  dead: 'error',
  dumped: 'error',
};

/** A server with a plan is on its way, whatever it is just now. */
export function instanceOf(server: Server, region: string, fault: Fault | null = null): Instance {
  const { id: vendorId, status, address, user } = server;
  const told = fault ? 'error' : (states[status] ?? 'building');
  const shown = { vendorId, address, zone: region };
  if (told === 'error') return { ...shown, state: 'error', fault: fault ?? fallen(status) };
  return { ...shown, state: readPlan(user) ? 'building' : told, fault: null };
}

const fallen = (status: string): Fault => ({
  reason: 'boot-failed',
  code: status,
  message: `the server is ${status}, and nothing says why`,
});

/** The one that it boots from. */
export const bootMountOf = ({ mounts, boot }: Server): Mount | undefined => mounts.find(({ device }) => device === boot);

export const placementOf = ({ user }: Pick<Server, 'user'>): string | undefined => user[placementTag];

export const installationOf = ({ user }: Pick<Server, 'user'>): string | undefined => user[installationTag];

export interface Drive {
  readonly id: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** An image is being written to it, or waits to be. */
  readonly isImaging: boolean;
  readonly user: User;
}

/** @throws VendorError unknown for what is no drive. */
export function driveOf(drive: Json): Drive {
  const id = text(drive, 'drive');
  if (id === undefined) throw malformed('the answer does not describe a drive');
  return {
    id,
    name: text(drive, 'name') ?? '',
    size: number(drive, 'size') ?? 0,
    isImaging: entries(drive).some(([key]) => key === 'imaging'),
    user: userOf(drive),
  };
}
