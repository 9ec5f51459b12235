import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
import { installationMark, machineLabel, readMachineLabel } from '../../vendor/machine-label.js';
import {
  type Instance,
  installationTag,
  type MachineOrder,
  type QuotaLeft,
  type Size,
  type TaggedInstance,
  type VendorDriver,
} from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { list, text, type XmlNode } from '../../vendor/xml.js';
import { Hapi, type HapiAccount } from './hapi.js';
import { facilityOf, idOf, instanceOf, isMachine, machineSizes, required, servableSize, statusesOf } from './mapping.js';
import { VoxelOperations } from './voxel-operations.js';

/** Of one label of a host name (RFC 1123). */
const longestName = 63;

/**
 * A facility is a region without zones. There is no client token: the host name of a machine ends in ours (`machineLabel`), and is looked up
 * before a second create.
 */
export class VoxelDriver implements VendorDriver {
  readonly operations: VoxelOperations;
  private readonly hapi: Hapi;

  constructor(
    account: HapiAccount,
    private readonly ownImages: Readonly<Record<string, string>>,
    http: VendorHttp,
    now: () => number,
  ) {
    this.hapi = new Hapi(http, account, now);
    this.operations = new VoxelOperations(this.hapi);
  }

  async check(): Promise<void> {
    await this.regions();
  }

  async regions(): Promise<readonly string[]> {
    const answer = await this.hapi.read('voxel.voxcloud.facilities.list', 'account');
    return required(answer, 'facilities', 'facility').flatMap((facility) => text(facility, '@label') ?? []);
  }

  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  /** Voxel has no list of them; it is asked all the same, so that nothing is offered where it does not answer. */
  async sizes(region: string): Promise<readonly Size[]> {
    return (await this.regions()).includes(region) ? machineSizes() : [];
  }

  quotas(): Promise<readonly QuotaLeft[]> {
    return Promise.resolve([]);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.ownImages, name);
  }

  /** `summary` is a name like `Debian 12, 64-bit, base install`; the highest number is the newest. */
  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const wanted = { name, architecture, region };
    if (!this.mapsImage(name)) return imageAmong([], this.ownImages, wanted);
    const listed = required(await this.hapi.read('voxel.images.list', region, { verbosity: 'compact' }), 'images', 'image');
    const images = listed.map((image) => {
      const id = idOf(image);
      return { id, name: text(image, '@summary') ?? '', created: id.padStart(12, '0') };
    });
    return imageAmong(
      images.filter((image) => !/\b32-bit\b/.test(image.name)),
      this.ownImages,
      wanted,
    );
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const { cores, disk } = servableSize(order.size);
    const answer = await this.hapi.change('voxel.voxcloud.create', order.region, {
      hostname: machineLabel(order.name, order.tags[installationTag] ?? '', token, longestName),
      facility: order.region,
      image_id: order.image,
      processing_cores: String(cores),
      disk_size: String(disk),
    });
    const [device] = list(answer, [], 'device');
    if (device === undefined) throw malformed('the answer does not describe a device');
    return { vendorId: idOf(device), state: 'building', address: null, zone: order.region, fault: null };
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const device = (await this.machines(region)).find((candidate) => labelOf(candidate)?.placement === token);
    return device === undefined ? undefined : await this.get(region, idOf(device));
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const statuses = await unlessGone(this.statuses(region, { device_id: vendorId }));
    if (statuses === undefined) return undefined;
    const status = statuses.get(vendorId);
    const devices = await unlessGone(this.devices(region, { device_id: vendorId }));
    const device = devices?.find((candidate) => idOf(candidate) === vendorId);
    if (device === undefined && status !== 'DELETED') return undefined;
    return instanceOf(device ?? { '@id': vendorId }, status);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    const ours = (await this.machines(region)).flatMap((device) => {
      const label = labelOf(device);
      return label?.mark === mark ? [{ device, placement: label.placement }] : [];
    });
    if (ours.length === 0) return [];
    const statuses = await this.statuses(region, {});
    return ours
      .map(({ device, placement }) => ({ ...instanceOf(device, statuses.get(idOf(device))), placement }))
      .filter(({ state }) => state !== 'gone');
  }

  async delete(region: string, vendorId: string): Promise<void> {
    const statuses = await this.statuses(region, { device_id: vendorId });
    if (statuses.get(vendorId) === 'DELETED') throw new VendorError('not-found', `${vendorId} is deleted`, { code: 'DELETED' });
    await this.hapi.change('voxel.voxcloud.delete', region, { device_id: vendorId });
  }

  close(): void {
    this.hapi.close();
  }

  /** In a region; a device that does not say where it is may be in any. */
  private async machines(region: string): Promise<readonly XmlNode[]> {
    const devices = await this.devices(region, {});
    return devices.filter((device) => isMachine(device) && (facilityOf(device) ?? region) === region);
  }

  private async devices(region: string, chosen: Readonly<Record<string, string>>): Promise<readonly XmlNode[]> {
    return required(await this.hapi.read('voxel.devices.list', region, { ...chosen, verbosity: 'normal' }), 'devices', 'device');
  }

  private async statuses(region: string, chosen: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> {
    return statusesOf(await this.hapi.read('voxel.voxcloud.status', region, chosen));
  }
}

const labelOf = (device: XmlNode) => readMachineLabel(text(device, '@label') ?? '');
