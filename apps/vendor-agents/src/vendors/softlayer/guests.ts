import { entries, type Json, list, number, text } from '../../vendor/json.js';
import { installationMark, readMachineLabel } from '../../vendor/machine-label.js';
import type { Fault, Instance, InstanceState, TaggedInstance } from '../../vendor/port.js';
import { unlessGone } from '../../vendor/vendor-error.js';
import { idOf, numberOf, type SoftLayerApi, type SoftLayerCall } from './softlayer-api.js';

const mask = [
  'id,hostname,provisionDate,primaryIpAddress,primaryBackendIpAddress,startCpus,maxMemory',
  'datacenter[name],status[keyName],powerState[keyName],activeTransaction[id,transactionStatus[name]],upgradeRequest[id]',
  'blockDevices[id,device,mountType,diskImage[capacity,metadataFlag]]',
].join(',');

/** Computing instances, as SoftLayer knows them. */
export class Guests {
  constructor(private readonly api: SoftLayerApi) {}

  async in(region: string): Promise<readonly Json[]> {
    return await this.api.all({
      service: 'Account',
      method: 'getVirtualGuests',
      mask,
      filter: { virtualGuests: { datacenter: { name: { operation: region } } } },
    });
  }

  /** @throws VendorError not-found */
  async required(vendorId: string): Promise<Json> {
    return await this.api.read({ ...on(vendorId, 'getObject'), mask });
  }

  async get(vendorId: string): Promise<Json | undefined> {
    return await unlessGone(this.required(vendorId));
  }

  async do(vendorId: string, method: string, ...args: NonNullable<SoftLayerCall['args']>): Promise<Json> {
    return await this.api.do({ ...on(vendorId, method), args });
  }

  /** These and no others: may be asked twice. */
  async tag(vendorId: string, tags: string): Promise<void> {
    await this.api.read({ ...on(vendorId, 'setTags'), args: [tags] });
  }
}

const on = (vendorId: string, method: string): SoftLayerCall => ({ service: 'Virtual_Guest', method, id: numberOf(vendorId) });

const powerStates: Readonly<Record<string, InstanceState>> = { RUNNING: 'active', HALTED: 'inactive', PAUSED: 'suspended' };

/** @throws VendorError malformed for what has no id. */
export function instanceOf(guest: Json, region: string): Instance {
  const state = stateOf(guest);
  return {
    vendorId: idOf(guest),
    state,
    address: text(guest, 'primaryIpAddress') ?? text(guest, 'primaryBackendIpAddress') ?? null,
    zone: region,
    fault: state === 'error' ? notProvisioned : null,
  };
}

/**
 * What has no provision date is still being made, whatever its power state (SoftLayer_Virtual_Guest::createObject), unless it has been
 * disconnected and nothing is being done to it. A power state that SoftLayer adds one day counts as on its way.
 */
function stateOf(guest: Json): InstanceState {
  if (text(guest, 'provisionDate') === undefined)
    return text(guest, 'status', 'keyName') === 'DISCONNECTED' && !isBusy(guest) ? 'error' : 'building';
  const power = text(guest, 'powerState', 'keyName') ?? '';
  return (Object.hasOwn(powerStates, power) ? powerStates[power] : undefined) ?? 'building';
}

const notProvisioned: Fault = {
  reason: 'boot-failed',
  code: 'DISCONNECTED',
  message: 'SoftLayer has not provisioned the instance, and does not say why',
};

/** An instance of this installation; undefined for any other. */
export function taggedInstanceOf(guest: Json, region: string, installation: string): TaggedInstance | undefined {
  const label = readMachineLabel(text(guest, 'hostname') ?? '');
  const isOurs = label?.mark === installationMark(installation);
  return isOurs ? { ...instanceOf(guest, region), placement: label.placement } : undefined;
}

export const isFor = (guest: Json, token: string): boolean =>
  readMachineLabel(text(guest, 'hostname') ?? '')?.placement === token;

/** Whether an answer has a thing, and not an empty place for it. */
export const isThere = (owner: Json, name: string): boolean => entries(owner, name).length > 0;

/** Something is being done to it: a transaction, or an upgrade that waits for its maintenance window. */
export const isBusy = (guest: Json): boolean => isThere(guest, 'activeTransaction') || isThere(guest, 'upgradeRequest');

export const systemDiskOf = (guest: Json): Json | undefined =>
  list(guest, 'blockDevices').find((device) => text(device, 'device') === '0');

export const diskSizeOf = (guest: Json): number | undefined => number(systemDiskOf(guest), 'diskImage', 'capacity');
