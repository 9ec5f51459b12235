import { type Json, text } from '../../vendor/json.js';
import type { Volume, VolumeDriver, VolumeOrder } from '../../vendor/port.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { diskOffers } from './offers.js';
import type { OperationParts } from './operations.js';
import { uuidOf } from './places.js';
import { unlessSettled } from './settled.js';
import { inVdc, labelFor } from './skeleton-server.js';

/** Disks that live beside servers. Which device they become the cloud does not say. */
export class FlexiantVolumes implements VolumeDriver {
  constructor(private readonly parts: OperationParts) {}

  async create(order: VolumeOrder, token: string): Promise<Volume> {
    const known = await this.find(order.region, token);
    if (known) return known;
    const { api, places } = this.parts;
    const vdc = await places.vdc(order.region, order.zone);
    const offers = diskOffers(await api.list('productoffer', order.region), vdc.cluster);
    const offer = offers
      .filter(({ least, most }) => least <= order.size && order.size <= most)
      .sort((a, b) => a.most - a.least - (b.most - b.least))[0];
    if (!offer)
      throw new VendorError('invalid-request', `cluster ${order.region} has no product offer for a disk of ${order.size} GB`);
    const skeletonDisk = {
      ...inVdc(vdc),
      resourceType: 'DISK',
      resourceName: labelFor(order, token),
      productOfferUUID: offer.uuid,
      size: order.size,
      iso: false,
    };
    const vendorId = await api.make('disk', { skeletonDisk }, order.region);
    return { vendorId, state: 'building', zone: order.zone, machine: null, device: null };
  }

  async find(region: string, token: string): Promise<Volume | undefined> {
    const found = await this.parts.api.list('disk', region, [{ field: 'resourceName', condition: 'CONTAINS', value: token }]);
    // The boot disk of a machine is named after it.
    const [disk] = found.filter((candidate) => (text(candidate, 'resourceName') ?? '').endsWith(token));
    return disk === undefined ? undefined : volumeOf(disk);
  }

  async get(region: string, vendorId: string): Promise<Volume | undefined> {
    const disk = await this.parts.api.get('disk', vendorId, region);
    return disk === undefined ? undefined : volumeOf(disk);
  }

  /** Refused while the server runs where the cluster cannot do it then (FCO API, attachDisk). */
  async attach(region: string, vendorId: string, machine: string): Promise<void> {
    if ((await this.required(region, vendorId)).machine === machine) return;
    await unlessSettled(
      this.parts.api.put(`${path(machine, vendorId)}/attach`, { index: 1 }, region),
      async () => (await this.get(region, vendorId))?.machine === machine,
    );
  }

  async detach(region: string, vendorId: string, machine: string): Promise<void> {
    const volume = await this.get(region, vendorId);
    if (volume?.machine !== machine) return;
    await unlessSettled(
      this.parts.api.put(`${path(machine, vendorId)}/detach`, {}, region),
      async () => (await this.get(region, vendorId))?.machine !== machine,
    );
  }

  /** FCO deletes a disk that a server has (deleteResource, cascade): nobody is to lose one so. */
  async delete(region: string, vendorId: string): Promise<void> {
    const volume = await this.get(region, vendorId);
    if (!volume || volume.state === 'gone') return;
    if (volume.machine !== null) throw new VendorError('conflict', `disk ${vendorId} is attached to ${volume.machine}`);
    await unlessGone(this.parts.api.delete('disk', vendorId, region));
  }

  private async required(region: string, vendorId: string): Promise<Volume> {
    const volume = await this.get(region, vendorId);
    if (!volume) throw new VendorError('not-found', `there is no disk ${vendorId}`);
    return volume;
  }
}

const path = (machine: string, disk: string): string => `server/${encodeURIComponent(machine)}/disk/${encodeURIComponent(disk)}`;

function volumeOf(disk: Json): Volume {
  const machine = text(disk, 'serverUUID') ?? null;
  return {
    vendorId: uuidOf(disk),
    state: stateOf(text(disk, 'resourceState'), machine),
    zone: text(disk, 'vdcName') ?? null,
    machine,
    device: null,
  };
}

/** FCO API, ResourceState. */
function stateOf(state: string | undefined, machine: string | null): Volume['state'] {
  if (state === 'DELETED' || state === 'TO_BE_DELETED') return 'gone';
  if (state !== 'ACTIVE') return 'building';
  return machine === null ? 'available' : 'attached';
}
