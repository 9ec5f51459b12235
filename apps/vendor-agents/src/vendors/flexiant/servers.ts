import { entries, type Json, list, number, text } from '../../vendor/json.js';
import { readMachineLabel } from '../../vendor/machine-label.js';
import type { Instance, InstanceState, TaggedInstance } from '../../vendor/port.js';
import { asVendorError, VendorError } from '../../vendor/vendor-error.js';
import type { FcoApi } from './fco-api.js';
import { nameOf, type Places, uuidOf } from './places.js';

/** FCO API, ServerStatus; on the way from one to the next a machine is shown as what it was (VENDORS). */
const states: Readonly<Record<string, InstanceState>> = {
  RUNNING: 'active',
  REBOOTING: 'active',
  MIGRATING: 'active',
  STOPPING: 'active',
  STOPPED: 'inactive',
  DELETING: 'inactive',
  BUILDING: 'building',
  STARTING: 'building',
  INSTALLING: 'building',
  RECOVERY: 'building',
  ERROR: 'error',
};

/**
 * What is still to be done with a server, in its public metadata, where it outlives this process. `start`: FCO makes a server and leaves it
 * stopped, and copying its image takes longer than a create may wait. `resize`: it ran before it was stopped for another size.
 */
export type Errand = 'start' | 'resize' | 'none';
const prefix = 'agency: ';

export const metadataWith = (errand: Errand): object => ({
  publicMetadata: errand === 'none' ? '' : `${prefix}${errand}`,
});

export function errandOf(server: Json): Errand {
  const noted = text(server, 'resourceMetadata', 'publicMetadata') ?? '';
  if (noted === `${prefix}start`) return 'start';
  return noted === `${prefix}resize` ? 'resize' : 'none';
}

export const statusOf = (server: Json): string => text(server, 'status') ?? 'unknown';

export class Servers {
  constructor(
    private readonly api: FcoApi,
    private readonly places: Places,
  ) {}

  async get(region: string, id: string): Promise<Json | undefined> {
    const server = await this.api.get('server', id, region);
    return server !== undefined && text(server, 'resourceState') === 'DELETED' ? undefined : server;
  }

  /** @throws VendorError not-found */
  async required(region: string, id: string): Promise<Json> {
    const server = await this.get(region, id);
    if (server === undefined) throw new VendorError('not-found', `there is no server ${id}`);
    return server;
  }

  /** Those whose names hold a part of a label. */
  async labelled(region: string, part: string): Promise<readonly Json[]> {
    const cluster = await this.places.cluster(region);
    const found = await this.api.list('server', region, [
      { field: 'clusterUUID', condition: 'IS_EQUAL_TO', value: cluster },
      { field: 'resourceName', condition: 'CONTAINS', value: part },
    ]);
    return found.filter((server) => text(server, 'resourceState') !== 'DELETED');
  }

  /** Does what is still to be done with a server that is made or has come up, and shows it. */
  async carryOn(region: string, server: Json): Promise<Instance> {
    const status = statusOf(server);
    if (errandOf(server) !== 'start') return instanceOf(server);
    if (status === 'RUNNING') await this.note(region, server, 'none');
    if (status !== 'STOPPED') return instanceOf(server);
    return await this.started(region, server);
  }

  async changeStatus(region: string, id: string, newStatus: 'RUNNING' | 'STOPPED' | 'REBOOTING', forced: boolean): Promise<void> {
    await this.api.put(`server/${encodeURIComponent(id)}/change_status`, { newStatus, safe: !forced }, region);
  }

  async note(region: string, server: Json, errand: Errand): Promise<void> {
    const id = uuidOf(server);
    const known = Object.fromEntries(entries(server, 'resourceMetadata'));
    const resourceMetadata = { ...known, resourceUUID: id, ...metadataWith(errand) };
    await this.api.put(`${encodeURIComponent(id)}/metadata`, { resourceMetadata }, region);
  }

  private async started(region: string, server: Json): Promise<Instance> {
    const instance = instanceOf(server);
    try {
      await this.changeStatus(region, instance.vendorId, 'RUNNING', false);
    } catch (error) {
      const { reason, vendorCode, message } = asVendorError(error);
      if (reason === 'no-capacity' || reason === 'quota')
        return { ...instance, state: 'error', fault: { reason, code: vendorCode, message } };
      // Somebody else has just asked for it.
      if (reason !== 'conflict') throw error;
    }
    return { ...instance, state: 'building' };
  }
}

export function instanceOf(server: Json): Instance {
  const status = statusOf(server);
  const state = states[status] ?? 'building';
  return {
    vendorId: uuidOf(server),
    state,
    address: addressOf(server),
    zone: text(server, 'vdcName') ?? null,
    fault:
      state === 'error'
        ? { reason: 'boot-failed', code: status, message: 'The cloud shows the server in its internal error state.' }
        : null,
  };
}

/** Undefined for a server that is not of this installation. */
export function taggedInstance(server: Json, mark: string): TaggedInstance | undefined {
  const label = readMachineLabel(nameOf(server));
  return label?.mark === mark ? { ...instanceOf(server), placement: label.placement } : undefined;
}

/** Of the interface that it was made with: those in private networks came later. */
function addressOf(server: Json): string | null {
  const nics = [...list(server, 'nics')].sort((a, b) => indexOf(a) - indexOf(b));
  const addresses = nics.flatMap((nic) => list(nic, 'ipAddresses'));
  return (
    text(
      addresses.find((address) => (text(address, 'type') ?? 'IPV4') === 'IPV4'),
      'ipAddress',
    ) ?? null
  );
}

const indexOf = (nic: Json): number => number(nic, 'index') ?? Number.MAX_SAFE_INTEGER;
