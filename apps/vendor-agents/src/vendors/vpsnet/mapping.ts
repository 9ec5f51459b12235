import type { ListedImage } from '../../vendor/image-names.js';
import { field, type Json, list, text } from '../../vendor/json.js';
import type { Instance, InstanceState, Size } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';

/** A cloud, which stands where others have regions. */
export interface VpsCloud {
  readonly id: string;
  readonly label: string;
  /** It takes machines now. */
  readonly available: boolean;
  readonly templates: readonly ListedImage[];
}

/** govpsnet, cloud.go; undefined for a cloud that has no name. */
export function cloudOf(cloud: Json): VpsCloud | undefined {
  const [id, label] = [text(cloud, 'id'), text(cloud, 'label')];
  if (id === undefined || label === undefined) return undefined;
  const templates = list(cloud, 'system_templates').flatMap((template) => templateOf(template) ?? []);
  return { id, label, available: field(cloud, 'available') !== false, templates };
}

/** Those of 32 bits say so: `x86`, `i386`, `32bit`. */
function templateOf(template: Json): ListedImage | undefined {
  const [id, name] = [text(template, 'id'), text(template, 'label') ?? ''];
  return id === undefined || /\b(x86(?!_64)|i[3-6]86|32-?bit)\b/i.test(name) ? undefined : { id, name };
}

/**
 * @param zone the region that it was asked of.
 * @throws VendorError unknown for what has no id.
 */
export function instanceOf(machine: Json, zone: string): Instance {
  const vendorId = text(machine, 'id');
  if (vendorId === undefined) throw malformed('the answer does not describe a virtual machine');
  const state = stateOf(machine);
  return { vendorId, state, address: addressOf(machine), zone, fault: state === 'error' ? faultOf(machine) : null };
}

/** VENDORS.md, VPS.net; govpsnet, vm_scheme.go for `built` and `virtual_machine_status`; `failed_at` as OnApp, which is behind it, has it. */
function stateOf(machine: Json): InstanceState {
  if (text(machine, 'failed_at') !== undefined) return 'error';
  if (/fail|error/i.test(text(machine, 'virtual_machine_status') ?? '')) return 'error';
  if (field(machine, 'power_action_pending') === true || field(machine, 'built') === false) return 'building';
  const running = field(machine, 'running');
  if (typeof running !== 'boolean') return 'building';
  return running ? 'active' : 'inactive';
}

const faultOf = (machine: Json): Instance['fault'] => ({
  reason: 'boot-failed',
  code: text(machine, 'virtual_machine_status') ?? null,
  message: 'the virtual machine could not be built and VPS.net does not say why',
});

/** Text in older versions of the API, and later an address of its own. */
const addressOf = (machine: Json): string | null =>
  text(machine, 'primary_ip_address') ??
  text(machine, 'primary_ip_address', 'ip_address', 'ip_address') ??
  text(machine, 'primary_ip_address', 'ip_address') ??
  null;

/** As VPS.net once advertised a node. MB, GB. */
const memoryOfNode = 376;
const diskOfNode = 10;
const nodesOfCore = 4;
/** A machine has so many at most. */
const mostNodes = 18;

export const sizes: readonly Size[] = Array.from({ length: mostNodes }, (_, index) => index + 1).map((nodes) => ({
  name: `${nodes} nodes`,
  cores: Math.ceil(nodes / nodesOfCore),
  memory: Number(((nodes * memoryOfNode) / 1024).toFixed(3)),
  disk: nodes * diskOfNode,
  gpu: 0,
  architecture: 'x64',
}));

/** @throws VendorError invalid-request for a name that is none of a size. */
export function nodesOf(size: string): number {
  if (!sizes.some(({ name }) => name === size))
    throw new VendorError('invalid-request', `'${size}' is no size of VPS.net; sizes are called 1 nodes to ${mostNodes} nodes`);
  return Number.parseInt(size);
}
