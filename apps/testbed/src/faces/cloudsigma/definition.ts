import { type Static, Type } from '@sinclair/typebox';
import type { Size } from '../../catalogue/size.js';
import type { Instance } from '../../cloud/instance.js';
import { MetaBody, readBody, ReferenceBody, uuidOf } from './body.js';
import type { Call } from './call.js';
import { invalid } from './fault.js';
import { driveCalled, mountsOf } from './find-drive.js';

export const gib = 2 ** 30;
/** Capabilities: what a server may have. */
export const limits = {
  cpu: { min: 250, max: 96_000 },
  cpu_per_smp: { min: 1_000, max: 3_000 },
  mem: { min: 268_435_456, max: 558_345_748_480 },
  smp: { min: 1, max: 32 },
} as const;
/** What one core of the catalogue is worth, MHz (VENDORS: 2000 a core). */
const mhzPerCore = 2_000;

const AddressConf = Type.Object({
  conf: Type.Union([Type.Literal('dhcp'), Type.Literal('static'), Type.Literal('manual')]),
  ip: Type.Optional(Type.Union([Type.Null(), ReferenceBody])),
});
const NicBody = Type.Object({
  model: Type.Optional(Type.Union([Type.Null(), Type.String()])),
  vlan: Type.Optional(Type.Union([Type.Null(), ReferenceBody])),
  ip_v4_conf: Type.Optional(Type.Union([Type.Null(), AddressConf])),
  ip_v6_conf: Type.Optional(Type.Union([Type.Null(), AddressConf])),
  mac: Type.Optional(Type.Union([Type.Null(), Type.String()])),
});
const MountBody = Type.Object({
  drive: ReferenceBody,
  dev_channel: Type.String({ pattern: '^\\d+:\\d+$' }),
  device: Type.Union([Type.Literal('ide'), Type.Literal('virtio')]),
  boot_order: Type.Optional(Type.Union([Type.Null(), Type.Integer()])),
});
const ServerBody = Type.Object({
  name: Type.String({ minLength: 1 }),
  cpu: Type.Integer({ minimum: limits.cpu.min, maximum: limits.cpu.max }),
  mem: Type.Integer({ minimum: limits.mem.min, maximum: limits.mem.max }),
  vnc_password: Type.String({ minLength: 1 }),
  smp: Type.Optional(Type.Union([Type.Null(), Type.Integer({ minimum: limits.smp.min, maximum: limits.smp.max })])),
  meta: Type.Optional(MetaBody),
  nics: Type.Optional(Type.Array(NicBody)),
  drives: Type.Optional(Type.Array(MountBody)),
  tags: Type.Optional(Type.Array(ReferenceBody)),
});

export interface Nic {
  readonly mac: string;
  readonly model: string;
  readonly vlan: string | null;
  /** dhcp, static or manual; null: not in a public network. */
  readonly conf: string | null;
}

export interface Mount {
  readonly drive: string;
  readonly dev_channel: string;
  readonly device: string;
  readonly boot_order: number | null;
}

/** What its owner says that a server is: kept with the instance, as its label `definition`. */
export interface Definition {
  readonly name: string;
  readonly cpu: number;
  readonly mem: number;
  readonly smp: number;
  readonly vnc_password: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly nics: readonly Nic[];
  readonly drives: readonly Mount[];
}

export interface ReadDefinition {
  readonly definition: Definition;
  /** Given to the server, in place of those it has; undefined: they stay. */
  readonly tags: readonly string[] | undefined;
}

export const definitionOf = ({ labels }: Instance): Definition => JSON.parse(labels.definition ?? '{}') as Definition;

/** @param known the server that it is to be the new definition of. @throws CloudSigmaFault 400, 403, 404 */
export function readDefinition(call: Call, body: unknown, known?: Instance): ReadDefinition {
  const wanted = readBody(ServerBody, body);
  const smp = wanted.smp ?? Math.ceil(wanted.cpu / limits.cpu_per_smp.max);
  const each = wanted.cpu / smp;
  if (each < limits.cpu_per_smp.min || each > limits.cpu_per_smp.max)
    throw invalid(`The CPU must be between ${limits.cpu_per_smp.min} and ${limits.cpu_per_smp.max} MHz per SMP.`, 'cpu');
  const { name, cpu, mem, vnc_password, meta = {}, nics = [], drives = [] } = wanted;
  const definition = {
    ...{ name, cpu, mem, smp, vnc_password, meta },
    nics: nics.map((nic) => readNic(call, nic, known)),
    drives: drives.map((mount) => readMount(call, mount, known)),
  };
  return { definition, tags: wanted.tags?.map(uuidOf) };
}

function readNic(call: Call, nic: Static<typeof NicBody>, known: Instance | undefined): Nic {
  const problem = problemWith(nic);
  if (problem !== undefined) throw invalid(problem, 'nics');
  const had = known !== undefined && definitionOf(known).nics.some(({ mac }) => mac === nic.mac);
  if (nic.mac && !had) throw invalid(`The MAC ${nic.mac} is not one of the server.`, 'nics');
  const vlan = nic.vlan ? uuidOf(nic.vlan) : null;
  return { mac: nic.mac ?? newMac(call), model: nic.model ?? 'virtio', vlan, conf: nic.ip_v4_conf?.conf ?? null };
}

/** Server Network Interfaces: what cannot be put together. */
function problemWith({ vlan, ip_v4_conf: address }: Static<typeof NicBody>): string | undefined {
  if (vlan && address) return 'Cannot assign both Private and Public on a NIC';
  if (address?.conf === 'dhcp' && address.ip) return 'An IP cannot be given for DHCP.';
  return address?.conf === 'static' ? 'The IP has no subscription.' : undefined;
}

const newMac = ({ testbed }: Call): string => {
  const number = Number(testbed.numbers.next()).toString(16).padStart(8, '0');
  return `22:de${number.replace(/../g, ':$&')}`;
};

function readMount(call: Call, mount: Static<typeof MountBody>, known: Instance | undefined): Mount {
  const drive = driveCalled(call, uuidOf(mount.drive));
  const other = mountsOf(call, drive.id).find(({ id }) => id !== known?.id);
  if (other) throw invalid(`Drive ${drive.id} is already mounted on server ${other.id}.`, 'drives');
  return { drive: drive.id, dev_channel: mount.dev_channel, device: mount.device, boot_order: mount.boot_order ?? null };
}

/** What a definition comes to in the testbed's words: cores by their clock, and the drive that it boots from. */
export function sizeOf(call: Call, { cpu, mem, drives }: Definition): Size {
  const boot = drives[0] ? driveCalled(call, drives[0].drive).bytes : 0;
  const name = `c${cpu / mhzPerCore}-m${mem / gib}-d${Math.ceil(boot / gib)}`;
  const size = call.cloud.size(call.region.region, name);
  if (!size) throw invalid(`There is no such server: ${name}`);
  return size;
}
