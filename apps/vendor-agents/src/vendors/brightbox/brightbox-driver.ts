import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
import { text } from '../../vendor/json.js';
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
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { BrightboxAddresses } from './addresses.js';
import { BrightboxApi, type BrightboxCredentials } from './brightbox-api.js';
import { CloudIps } from './cloud-ips.js';
import { instanceOf, quotasOf, sizeOf, taggedInstanceOf } from './mapping.js';
import { BrightboxOperations } from './operations.js';
import { nameOf } from './resizing.js';
import { idOf, serverPath, withHandle } from './resources.js';
import { userDataOf } from './user-data.js';
import { BrightboxVolumes } from './volumes.js';

export interface BrightboxAccount extends BrightboxCredentials {
  /** The account's own images, id or name, by portable name. */
  readonly images: Readonly<Record<string, string>>;
}

/**
 * Brightbox API 1.0. A server has an address of its own only within the cloud, so that each is made with a cloud IP. Both have the same
 * name, in which placement and installation are: by it a create that was broken off finds what it has made, and a deletion what belongs to
 * the server.
 */
export class BrightboxDriver implements VendorDriver {
  readonly operations: BrightboxOperations;
  readonly volumes: BrightboxVolumes;
  readonly addresses: BrightboxAddresses;
  private readonly api: BrightboxApi;
  private readonly cloudIps: CloudIps;

  constructor(
    private readonly account: BrightboxAccount,
    private readonly http: VendorHttp,
  ) {
    this.api = new BrightboxApi(http, account);
    this.cloudIps = new CloudIps(this.api);
    this.operations = new BrightboxOperations(this.api);
    this.volumes = new BrightboxVolumes(this.api);
    this.addresses = new BrightboxAddresses(this.api);
  }

  async check(): Promise<void> {
    await this.regions();
  }

  /** The API is that of one region; its zones are called by it: `gb1-a`. */
  async regions(): Promise<readonly string[]> {
    return [...new Set((await this.handles()).map(regionOf))];
  }

  async zones(region: string): Promise<readonly string[]> {
    const zones = (await this.handles()).filter((handle) => regionOf(handle) === region);
    if (zones.length === 0) throw new VendorError('unavailable', `${region} has no zone that takes machines now`);
    return zones;
  }

  async sizes(region: string): Promise<readonly Size[]> {
    const types = await this.api.list(region, '/server_types');
    return types.filter((type) => text(type, 'status') !== 'deprecated').flatMap((type) => sizeOf(type) ?? []);
  }

  async quotas(region: string): Promise<readonly QuotaLeft[]> {
    const [account] = await this.api.list(region, '/accounts');
    return account === undefined ? [] : quotasOf(account);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.account.images, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const listed = (await this.api.list(region, '/images')).flatMap((image) => {
      const id = text(image, 'id');
      const more = { architecture: text(image, 'arch'), created: text(image, 'created_at') };
      return id === undefined || text(image, 'status') !== 'available' ? [] : [{ id, name: text(image, 'name') ?? '', ...more }];
    });
    return imageAmong(listed, this.account.images, { name, architecture, region });
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const { region } = order;
    const name = machineLabel(order.name, order.tags[installationTag] ?? '', token);
    const wish = await this.wishOf(order, name);
    const cloudIp = idOf(await this.cloudIps.named(region, name));
    try {
      return instanceOf(await this.api.call(region, 'POST', '/servers', { ...wish, cloud_ip: cloudIp }));
    } catch (error) {
      if (!asVendorError(error).outcomeUnknown) await this.cloudIps.release(region, cloudIp).catch(() => undefined);
      throw error;
    }
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const servers = await this.api.list(region, '/servers');
    return servers.flatMap((server) => taggedInstanceOf(server) ?? []).find(({ placement }) => placement === token);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const server = await unlessGone(this.api.call(region, 'GET', serverPath(vendorId)));
    return server === undefined ? undefined : instanceOf(server);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    const tagged = (await this.api.list(region, '/servers')).flatMap((server) => taggedInstanceOf(server) ?? []);
    return tagged.filter((instance) => instance.mark === mark);
  }

  /** Its cloud IP goes first: nothing would remember it once the server is gone. */
  async delete(region: string, vendorId: string): Promise<void> {
    const server = await this.api.call(region, 'GET', serverPath(vendorId));
    const name = nameOf(server);
    const own = readMachineLabel(name) ? await this.cloudIps.called(region, name) : [];
    for (const cloudIp of own) await this.cloudIps.release(region, idOf(cloudIp));
    await this.api.call(region, 'DELETE', serverPath(vendorId));
  }

  close(): void {
    this.http.close();
  }

  /** Zones and types are known to us by their handles, and to the API by their ids. */
  private async wishOf({ region, zone, size, image, ...order }: MachineOrder, name: string): Promise<object> {
    const [zones, types] = await Promise.all([this.api.list(region, '/zones'), this.api.list(region, '/server_types')]);
    const userData = userDataOf(order);
    return {
      name,
      image,
      zone: withHandle(zones, zone, 'zone'),
      server_type: withHandle(types, size, 'server type'),
      ...(userData === undefined ? {} : { user_data: userData }),
    };
  }

  private async handles(): Promise<readonly string[]> {
    return (await this.api.list('account', '/zones')).flatMap((zone) => text(zone, 'handle') ?? []);
  }
}

const regionOf = (zone: string): string => zone.replace(/-[^-]*$/, '');
