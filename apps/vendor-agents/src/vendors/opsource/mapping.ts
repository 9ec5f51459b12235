import { field, type Json, list, number, text } from '../../vendor/json.js';
import { type FreeLimits, type FreeSize, freeSizes, readFreeSize } from '../../vendor/free-sizes.js';
import type { Instance, InstanceState, Size } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { VendorError } from '../../vendor/vendor-error.js';

/** What a server's disk is, unless its image is of Windows (base images of API 0.9: `osStorage` 10). GiB. */
const imageDisk = 10;

export function idOf(server: Json): string {
  const id = text(server, 'id');
  if (id === undefined) throw malformed('the answer does not describe a server');
  return id;
}

/** @throws VendorError unknown for what has no id. */
export function instanceOf(server: Json): Instance {
  const state = stateOf(server);
  const failed = {
    reason: 'boot-failed' as const,
    code: 'FAILED_ADD',
    message: text(server, 'progress', 'failureReason') ?? 'the server could not be deployed, and the cloud does not say why',
  };
  return {
    vendorId: idOf(server),
    state,
    address: addressOf(server),
    zone: text(server, 'datacenterId') ?? null,
    fault: state === 'error' ? failed : null,
  };
}

/**
 * `progress` is there while an operation is under way. Beside it, and in a state that the API adds one day, a server that is started runs:
 * a failed change leaves it as it was (FAILED_CHANGE, FAILED_DELETE, REQUIRES_SUPPORT).
 */
function stateOf(server: Json): InstanceState {
  const state = text(server, 'state') ?? '';
  if (state === 'FAILED_ADD') return 'error';
  if (isBusy(server)) return 'building';
  return isStarted(server) ? 'active' : 'inactive';
}

export const isBusy = (server: Json): boolean => {
  const state = text(server, 'state') ?? '';
  return state.startsWith('PENDING_') || (!state.startsWith('FAILED_') && (field(server, 'progress') ?? null) !== null);
};

export const isStarted = (server: Json): boolean => field(server, 'started') === true || field(server, 'started') === 'true';

/** The private one; in a data centre of MCP 1.0 a server has one interface. */
function addressOf(server: Json): string | null {
  const nic = field(server, 'nic');
  const first: Json | undefined = Array.isArray(nic) ? (nic as readonly Json[])[0] : nic;
  return text(first, 'privateIpv4') ?? text(server, 'networkInfo', 'primaryNic', 'privateIpv4') ?? null;
}

const leastLimits: FreeLimits = { cores: [1, 8], memory: [1, 64], disk: [imageDisk, imageDisk] };

/** What its hypervisor gives a server (MAX_CPU_COUNT, MIN_MEMORY_MB, MAX_MEMORY_MB), or what the smallest data centre does. */
export function limitsOf(datacenter: Json | undefined): FreeLimits {
  const properties = list(datacenter, 'hypervisor', 'property');
  const tells = (name: string): number | undefined =>
    number(
      properties.find((property) => text(property, 'name') === name),
      'value',
    );
  const gib = (mib: number | undefined): number | undefined => (mib === undefined ? undefined : mib / 1024);
  const { cores, memory, disk } = leastLimits;
  return {
    cores: [cores[0], tells('MAX_CPU_COUNT') ?? cores[1]],
    memory: [gib(tells('MIN_MEMORY_MB')) ?? memory[0], gib(tells('MAX_MEMORY_MB')) ?? memory[1]],
    disk,
  };
}

/** `memoryGb` is whole. */
export const sizesWithin = (limits: FreeLimits): readonly Size[] =>
  freeSizes(limits).filter(({ memory }) => Number.isInteger(memory));

/** @throws VendorError invalid-request for what the cloud does not make. */
export function servableSize(name: string): FreeSize {
  const size = readFreeSize(name);
  if (size.disk === imageDisk && Number.isInteger(size.memory)) return size;
  throw new VendorError(
    'invalid-request',
    `'${name}' is no size of this cloud: memory is in whole GiB, the disk is ${imageDisk} GiB`,
  );
}
