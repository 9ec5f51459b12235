import type { Fault, Instance, InstanceState, Size, TaggedInstance } from '../../vendor/port.js';
import { placementTag } from '../../vendor/port.js';
import { ec2Reason } from './errors.js';
import { items, number, text, type XmlNode } from '../../vendor/xml.js';

const gibPerGb = 1e9 / 2 ** 30;

/** instanceState/name (VENDORS.md): a stopping machine can neither be used nor started yet. */
const states: Readonly<Record<string, InstanceState>> = {
  pending: 'building',
  running: 'active',
  stopping: 'building',
  stopped: 'inactive',
  'shutting-down': 'inactive',
  terminated: 'gone',
};

/** An `item` of an instancesSet; undefined when it carries no id. A state that EC2 adds one day counts as still building. */
export function instanceOf(item: XmlNode): Instance | undefined {
  const vendorId = text(item, 'instanceId');
  if (vendorId === undefined) return undefined;
  const state = states[text(item, 'instanceState', 'name') ?? ''] ?? 'building';
  return {
    vendorId,
    state,
    address: text(item, 'ipAddress') ?? text(item, 'privateIpAddress') ?? null,
    zone: text(item, 'placement', 'availabilityZone') ?? null,
    fault: state === 'gone' || state === 'inactive' ? faultOf(item) : null,
  };
}

export function taggedInstanceOf(item: XmlNode): TaggedInstance | undefined {
  const instance = instanceOf(item);
  const tag = items(item, 'tagSet').find((entry) => text(entry, 'key') === placementTag);
  const placement = tag && text(tag, 'value');
  return instance && placement !== undefined ? { ...instance, placement } : undefined;
}

/** stateReason of a machine that fell: `Server.InsufficientInstanceCapacity`, `Server.InternalError`, … */
function faultOf(item: XmlNode): Fault | null {
  const code = text(item, 'stateReason', 'code');
  if (code === undefined) return wordedFault(item);
  if (code.startsWith('Client.User')) return null;
  const reason = ec2Reason(code.replace(/^(Server|Client)\./, ''));
  return {
    reason: reason === 'no-capacity' || reason === 'quota' ? reason : 'boot-failed',
    code,
    message: text(item, 'stateReason', 'message') ?? code,
  };
}

/** Clouds older than stateReason have one sentence, and only of a machine that fell (Nimbus, DefaultDescribe, getReason; Eucalyptus). */
function wordedFault(item: XmlNode): Fault | null {
  const message = text(item, 'reason');
  return message === undefined || /^(NORMAL|User)/i.test(message) ? null : { reason: 'boot-failed', code: null, message };
}

/** An `item` of an instanceTypeSet; undefined for what cannot be bought on demand or says too little. */
export function sizeOf(item: XmlNode): Size | undefined {
  const name = text(item, 'instanceType');
  const cores = number(item, 'vCpuInfo', 'defaultVCpus');
  const memory = number(item, 'memoryInfo', 'sizeInMiB');
  const classes = items(item, 'supportedUsageClasses');
  const onDemand = classes.length === 0 || classes.includes('on-demand');
  if (name === undefined || cores === undefined || memory === undefined || !onDemand) return undefined;
  const disk = number(item, 'instanceStorageInfo', 'totalSizeInGB');
  return {
    name,
    cores,
    memory: memory / 1024,
    disk: disk === undefined ? null : disk * gibPerGb,
    gpu: items(item, 'gpuInfo', 'gpus').reduce<number>((sum, gpu) => sum + (number(gpu, 'count') ?? 0), 0),
    architecture: architectureOf(items(item, 'processorInfo', 'supportedArchitectures')),
    ...(classes.includes('spot') ? { spot: true } : {}),
  };
}

function architectureOf(supported: readonly XmlNode[]): string | null {
  if (supported.includes('x86_64')) return 'x64';
  return supported.includes('arm64') ? 'arm64' : null;
}

/** What a zone is that takes no machines (EC2 API reference, AvailabilityZone); Eucalyptus up to 3.2 writes its address for a state. */
const closed = ['information', 'impaired', 'unavailable'];

/** The zone's name where it takes machines: a local or wavelength zone needs a subnet of its own, so it is left out. */
export function openZoneOf(item: XmlNode): string | undefined {
  const ordinary = (text(item, 'zoneType') ?? 'availability-zone') === 'availability-zone';
  const open = !closed.includes(text(item, 'zoneState') ?? 'available');
  return ordinary && open ? text(item, 'zoneName') : undefined;
}
