import type { RpcStruct, RpcValue } from '../xml-rpc.js';
import { isList } from '../xml-rpc.js';
import { datacenter, expectNames, type GandiCall, idAt, integerOf, required, structAt, textOf } from './call.js';
import { diskSpec, expectFit, sourceOf } from './disks.js';
import { fault } from './fault.js';
import { keysOf } from './ssh-keys.js';
import { sizeCalled } from './vm-view.js';

const known = [
  ...(['datacenter_id', 'hostname', 'memory', 'cores', 'ip_version', 'bandwidth', 'login', 'password'] as const),
  ...(['keys', 'ssh_key', 'run', 'farm', 'description', 'vm_max_memory', 'console', 'ai_active', 'iface_id'] as const),
];
const hostname = /^[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?$/;
const longestHostname = 63;

/** `hosting.vm.create_from`: a copy of a disk and a machine that boots from it, in three operations: disk_create, iface_create, vm_create. */
export function createFrom(call: GandiCall): RpcValue {
  const { testbed, cloud, operations } = call;
  const [spec, disk] = [structAt(call, 0), structAt(call, 1)];
  const region = datacenter(cloud, required(integerOf(spec, 'datacenter_id'), 'datacenter_id'));
  if (datacenter(cloud, required(integerOf(disk, 'datacenter_id'), 'datacenter_id')) !== region)
    throw fault('DISK', 'DATACENTER', 'disk and vm are not in the same datacenter');
  const { name, cores, memory, keyName } = vmSpec(call, spec);
  const { name: diskName, mib } = systemDisk(call, disk);
  const [id, diskId, iface] = [testbed.numbers.next(), testbed.numbers.next(), testbed.numbers.next()];
  const called = sizeCalled(cloud, region.region, cores, memory, mib);
  const size = cloud.size(region.region, called);
  if (!size) throw fault('VM', 'BADPARAMETER', `there is no VM of ${cores} cores and ${memory} MiB`);
  const [machine] = cloud.create({
    ids: [id],
    region,
    zone: null,
    size,
    image: String(idAt(call, 2)),
    name: name ?? `vm${id}`,
    labels: { disk: diskId, diskName: diskName ?? `sys_${id}`, diskMib: String(mib), iface },
    keyName,
    request: null,
  });
  if (!machine) throw fault('DATACENTER', 'DISABLED', 'no room');
  return [
    operations.begin(cloud.name, 'disk_create', null, { vm: id, disk: diskId }),
    operations.begin(cloud.name, 'iface_create', null, { vm: id, iface }),
    operations.ofMachine('vm_create', machine),
  ];
}

/** @throws RpcFailure unless the source is there, of this data centre, and no larger than what is wanted. */
function systemDisk(call: GandiCall, spec: RpcStruct): { readonly name: string | undefined; readonly mib: number } {
  const { name, mib } = diskSpec(spec);
  const source = sourceOf(call, idAt(call, 2));
  if (source.source === null) throw fault('DISK', 'BADPARAMETER', `Disk ${source.id} is no system disk`);
  const size = mib ?? source.size;
  expectFit(source, required(integerOf(spec, 'datacenter_id'), 'datacenter_id'), size);
  return { name, mib: size };
}

interface VmSpec {
  readonly name: string | undefined;
  readonly cores: number;
  readonly memory: number;
  readonly keyName: string | null;
}

function vmSpec(call: GandiCall, spec: RpcStruct): VmSpec {
  expectNames(spec, known);
  const name = textOf(spec, 'hostname');
  if (name !== undefined && (!hostname.test(name) || name.length > longestHostname))
    throw fault('STRING', 'BADPARAMETER', `string '${name}' does not match '${hostname.source}'`);
  textOf(spec, 'run');
  return { name, ...capacity(spec, { cores: 1, memory: 256 }), keyName: whoMayEnter(call, spec) };
}

const leastMemory = 64;

/** What a spec says of cores and MiB, else what there was. @throws RpcFailure */
export function capacity(spec: RpcStruct, before: { readonly cores: number; readonly memory: number }): typeof before {
  const cores = integerOf(spec, 'cores') ?? before.cores;
  const memory = integerOf(spec, 'memory') ?? before.memory;
  if (cores < 1) throw fault('VM', 'BADPARAMETER', 'cores is less than 1');
  if (memory < leastMemory || memory % leastMemory !== 0)
    throw fault('VM', 'BADPARAMETER', `memory ${memory} is no multiple of ${leastMemory}`);
  return { cores, memory };
}

/** By password, by keys that the account has, or by a key of its own: somebody has to. */
function whoMayEnter(call: GandiCall, spec: RpcStruct): string | null {
  const hasPassword = textOf(spec, 'login') !== undefined && textOf(spec, 'password') !== undefined;
  const [first] = isList(spec.keys) ? keysOf(call, spec.keys) : [];
  const key = first?.name ?? ownKey(spec);
  if (key === null && !hasPassword) throw fault('STRUCT', 'EXPECTED', 'login and password, keys or ssh_key are mandatory');
  return key;
}

function ownKey(spec: RpcStruct): string | null {
  const key = textOf(spec, 'ssh_key');
  if (key !== undefined && !/^(ssh|ecdsa)-/.test(key)) throw fault('STRING', 'BADPARAMETER', 'ssh_key is no public key');
  return key === undefined ? null : 'ssh_key';
}
