import { field, type Json, number, text } from '../../vendor/json.js';
import type { Volume, VolumeDriver, VolumeOrder } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { CloudStackApi } from './cloudstack-api.js';
import type { Tagging } from './tagging.js';
import type { Zones } from './zones.js';

/** CloudStack API reference, "Volume". A volume's name ends in our token, and is looked up before a second create. */
export class CloudStackVolumes implements VolumeDriver {
  constructor(
    private readonly api: CloudStackApi,
    private readonly zones: Zones,
    private readonly tagging: Tagging,
  ) {}

  async create(order: VolumeOrder, token: string): Promise<Volume> {
    const { region, size } = order;
    const zoneid = await this.zones.id(region);
    const offering = await this.offering(region, zoneid, size);
    const params = { name: nameOf(order.name, token), zoneid, ...offering };
    const { id } = await this.api.begin({ command: 'createVolume', params, scope: region });
    if (id === undefined) throw malformed('createVolume was answered without an id');
    await this.tagging.add(region, { type: 'Volume', id }, order.tags);
    return { vendorId: id, state: 'building', zone: order.zone, machine: null, device: null };
  }

  async find(region: string, token: string): Promise<Volume | undefined> {
    const params = { zoneid: await this.zones.id(region), keyword: token };
    const volumes = await this.api.list({ command: 'listVolumes', params, scope: region }, 'volume');
    const volume = volumes.find((candidate) => text(candidate, 'name')?.endsWith(`-${token}`));
    return volume === undefined ? undefined : volumeOf(volume);
  }

  async get(region: string, vendorId: string): Promise<Volume | undefined> {
    const volume = await this.described(region, vendorId);
    return volume === undefined ? undefined : volumeOf(volume);
  }

  /** The device is a number here: 1 for the second disk, `/dev/vdb`. The fourth is kept for a CD (attachVolume, deviceid). */
  async attach(region: string, vendorId: string, machine: string, device: string | undefined): Promise<void> {
    const wish = deviceNumber(device);
    const params = { id: vendorId, virtualmachineid: machine, ...(wish === undefined ? {} : { deviceid: String(wish) }) };
    try {
      await this.api.begin({ command: 'attachVolume', params, scope: region });
    } catch (error) {
      const refusal = asVendorError(error);
      if (refusal.passing || text(await this.described(region, vendorId), 'virtualmachineid') !== machine) throw refusal;
    }
  }

  /** Not attached to this machine (any more) is detached. */
  async detach(region: string, vendorId: string, machine: string): Promise<void> {
    const volume = await this.described(region, vendorId);
    if (text(volume, 'virtualmachineid') !== machine) return;
    await this.api.begin({ command: 'detachVolume', params: { id: vendorId }, scope: region });
  }

  async delete(region: string, vendorId: string): Promise<void> {
    const volume = await this.described(region, vendorId);
    if (!volume) return;
    const machine = text(volume, 'virtualmachineid');
    if (machine !== undefined) throw new VendorError('conflict', `the volume ${vendorId} is attached to ${machine}`);
    await unlessGone(this.api.call({ command: 'deleteVolume', params: { id: vendorId }, scope: region }));
  }

  /** Detaches what is not a machine's own, before it is destroyed: CloudStack does so only when it expunges it, a day later or so. */
  async release(region: string, machine: string): Promise<void> {
    const params = { virtualmachineid: machine, type: 'DATADISK' };
    const volumes = await this.api.list({ command: 'listVolumes', params, scope: region }, 'volume');
    for (const volume of volumes)
      await this.api.begin({ command: 'detachVolume', params: { id: text(volume, 'id') }, scope: region });
  }

  private async described(region: string, vendorId: string): Promise<Json | undefined> {
    const answer = await unlessGone(this.api.list({ command: 'listVolumes', params: { id: vendorId }, scope: region }, 'volume'));
    const [volume] = answer ?? [];
    if (volume !== undefined && text(volume, 'id') !== vendorId)
      throw malformed(`the answer does not describe the volume ${vendorId}`);
    return volume;
  }

  /** One whose size is chosen with each volume, else the smallest that holds so much. Sizes are GiB. */
  private async offering(region: string, zoneid: string, size: number): Promise<Record<string, string>> {
    const offerings = await this.api.list({ command: 'listDiskOfferings', params: { zoneid }, scope: region }, 'diskoffering');
    const free = offerings.find((offering) => field(offering, 'iscustomized') === true);
    if (free) return { diskofferingid: text(free, 'id') ?? '', size: String(size) };
    const [fitting] = offerings
      .filter((offering) => (number(offering, 'disksize') ?? 0) >= size)
      .sort((a, b) => (number(a, 'disksize') ?? 0) - (number(b, 'disksize') ?? 0));
    const id = text(fitting, 'id');
    if (id === undefined) throw new VendorError('invalid-request', `${region} has no disk offering of ${size} GiB`);
    return { diskofferingid: id };
  }
}

const nameOf = (name: string, token: string): string => `${name}-${token}`;

/** Volume.State of the source. A volume is Allocated until it is attached for the first time; others count as building. */
const states: Readonly<Record<string, Volume['state']>> = {
  Allocated: 'available',
  Ready: 'available',
  UploadError: 'error',
  UploadAbandoned: 'error',
  Error: 'error',
  Destroy: 'gone',
  Destroying: 'gone',
  Expunging: 'gone',
  Expunged: 'gone',
};

function volumeOf(volume: Json): Volume {
  const vendorId = text(volume, 'id');
  if (vendorId === undefined) throw malformed('the answer describes a volume without an id');
  const machine = text(volume, 'virtualmachineid') ?? null;
  const state = states[text(volume, 'state') ?? ''] ?? 'building';
  const isAttached = machine !== null && state === 'available';
  return {
    vendorId,
    state: isAttached ? 'attached' : state,
    zone: text(volume, 'zonename') ?? null,
    machine: isAttached ? machine : null,
    device: isAttached ? deviceName(volume) : null,
  };
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
const cdRom = 3;
const prefixes: Readonly<Record<string, string>> = { KVM: 'vd', XenServer: 'xvd', XCP: 'xvd', VMware: 'sd' };

/** The hypervisor says how disks are called in a machine. */
function deviceName(volume: Json): string | null {
  const prefix = prefixes[text(volume, 'hypervisor') ?? ''];
  const letter = letters[number(volume, 'deviceid') ?? -1];
  return prefix === undefined || letter === undefined ? null : `/dev/${prefix}${letter}`;
}

function deviceNumber(device: string | undefined): number | undefined {
  const [, letter = ''] = /^\/dev\/(?:x?v|s|h)d([a-z])$/.exec(device ?? '') ?? [];
  const wish = letter === '' ? -1 : letters.indexOf(letter);
  return wish < 1 || wish === cdRom ? undefined : wish;
}
