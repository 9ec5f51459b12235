import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, type ListedImage, mapsImageName } from '../../vendor/image-names.js';
import { field, type Json, list, number, text } from '../../vendor/json.js';
import { readMachineLabel } from '../../vendor/machine-label.js';
import type {
  Instance,
  MachineOrder,
  QuotaLeft,
  Size,
  TaggedInstance,
  VendorDriver,
  VendorPrice,
  VendorPrices,
} from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { type FcoAccess, FcoApi } from './fco-api.js';
import { FlexiantMetrics } from './measurements.js';
import { FlexiantAddresses, FlexiantNetworks } from './networks.js';
import { bootDisk, diskOffers, machinePrice, serverOffers } from './offers.js';
import { FlexiantOperations } from './operations.js';
import { nameOf, Places, uuidOf } from './places.js';
import { Servers, taggedInstance } from './servers.js';
import { markOf, type SkeletonParts, skeletonServer } from './skeleton-server.js';
import { sshKeyFor } from './ssh-keys.js';
import { FlexiantVolumes } from './volumes.js';

export interface FlexiantOptions extends FcoAccess {
  /** The account's own mapping of portable image names. */
  readonly images: Readonly<Record<string, string>>;
  readonly network: string | undefined;
}

const hourMs = 3_600_000;

export class FlexiantDriver implements VendorDriver {
  readonly operations: FlexiantOperations;
  readonly volumes: FlexiantVolumes;
  readonly networks: FlexiantNetworks;
  readonly addresses: FlexiantAddresses;
  readonly metrics: FlexiantMetrics;
  readonly prices: VendorPrices = { everyMs: hourMs, list: (regions) => this.allPrices(regions) };
  private readonly api: FcoApi;
  private readonly places: Places;
  private readonly servers: Servers;
  private readonly skeletons: SkeletonParts;

  constructor(
    private readonly options: FlexiantOptions,
    private readonly http: VendorHttp,
  ) {
    this.api = new FcoApi(http, options);
    this.places = new Places(this.api);
    this.servers = new Servers(this.api, this.places);
    this.skeletons = { api: this.api, places: this.places, network: options.network };
    const parts = { api: this.api, places: this.places, servers: this.servers };
    this.operations = new FlexiantOperations(parts);
    this.volumes = new FlexiantVolumes(parts);
    this.networks = new FlexiantNetworks(parts);
    this.addresses = new FlexiantAddresses(parts, options.network);
    this.metrics = new FlexiantMetrics(parts);
  }

  async check(): Promise<void> {
    await this.places.regions();
  }

  async regions(): Promise<readonly string[]> {
    return await this.places.regions();
  }

  async zones(region: string): Promise<readonly string[]> {
    const vdcs = await this.places.vdcs(region);
    if (vdcs.length === 0)
      throw new VendorError('invalid-request', `the account has no virtual data centre in cluster ${region}; make one there`);
    return vdcs.map(({ name }) => name);
  }

  async sizes(region: string): Promise<readonly Size[]> {
    const offers = await this.api.list('productoffer', region);
    const cluster = await this.places.cluster(region);
    const disk = bootDisk(diskOffers(offers, cluster), 1)?.size ?? null;
    return serverOffers(offers, cluster).map(({ name, cores, memory }) => ({
      ...{ name, cores, memory, disk },
      gpu: 0,
      architecture: 'x64',
    }));
  }

  /** FCO API, Customer: `limitsMap` by MaxLimit. The limit is of the customer, whatever the cluster. */
  async quotas(region: string): Promise<readonly QuotaLeft[]> {
    const [customers, servers] = await Promise.all([this.api.list('customer', region), this.api.list('server', region)]);
    const limits = field(customers[0], 'limitsMap');
    const limit = number(limits, 'MAX_SERVERS') ?? number(limits, 'content', 'MAX_SERVERS');
    const used = servers.filter((server) => text(server, 'resourceState') !== 'DELETED').length;
    return limit === undefined || limit < 0 ? [] : [{ of: 'machines', left: Math.max(0, limit - used) }];
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.options.images, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    if (!this.mapsImage(name)) return imageAmong([], this.options.images, { name, architecture, region });
    const cluster = await this.places.cluster(region);
    const images = (await this.api.list('image', region))
      .filter((image) => (text(image, 'clusterUUID') ?? cluster) === cluster && text(image, 'resourceState') === 'ACTIVE')
      .map((image): ListedImage => ({ id: uuidOf(image), name: nameOf(image), created: text(image, 'resourceCreateDate') }));
    return imageAmong(images, this.options.images, { name, architecture, region });
  }

  /** The name holds the token: what an earlier call has made is found by it, and started once it is there. */
  async create(order: MachineOrder, token: string): Promise<Instance> {
    const { region, sshKey } = order;
    const known = await this.find(region, token);
    if (known) return known;
    const skeleton = await skeletonServer(this.skeletons, order, token);
    const sshKeyUUIDList = sshKey === undefined ? [] : [await sshKeyFor(this.api, sshKey, region)];
    const vendorId = await this.api.make('server', { skeletonServer: skeleton, sshKeyUUIDList }, region);
    return { vendorId, state: 'building', address: null, zone: order.zone, fault: null };
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const [server] = await this.servers.labelled(region, token);
    return server === undefined ? undefined : await this.servers.carryOn(region, server);
  }

  /** Starts a machine that `create` made once its disk is there. */
  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const server = await this.servers.get(region, vendorId);
    return server === undefined ? undefined : await this.servers.carryOn(region, server);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = markOf(installation);
    return (await this.servers.labelled(region, mark)).flatMap((server) => taggedInstance(server, mark) ?? []);
  }

  /** With its own disk and interfaces; volumes are taken from it before, since they would go with it. */
  async delete(region: string, vendorId: string): Promise<void> {
    const server = await this.servers.required(region, vendorId);
    const volumes = list(server, 'disks').filter(isVolume).map(uuidOf);
    if (volumes.length === 0) {
      await this.api.delete('server', vendorId, region);
      return;
    }
    for (const volume of volumes) await this.volumes.detach(region, volume, vendorId);
    throw new VendorError('conflict', `volumes of server ${vendorId} are being detached`, { underWay: true });
  }

  close(): void {
    this.http.close();
  }

  private async allPrices(regions: readonly string[]): Promise<readonly VendorPrice[]> {
    const entities = await this.api.list('billing_entity', 'flexiant');
    const currency = text(entities[0], 'currency', 'code');
    if (currency === undefined) return [];
    const offers = await this.api.list('productoffer', 'flexiant');
    const prices = await Promise.all(
      regions.map(async (region) => {
        const cluster = await this.places.cluster(region);
        const disks = diskOffers(offers, cluster);
        return serverOffers(offers, cluster).flatMap((offer) => {
          const price = machinePrice(offer, disks);
          return price === null ? [] : [{ region, size: offer.name, price, currency }];
        });
      }),
    );
    return prices.flat();
  }
}

/** Not the disk that a server was made with: that is the first, and named after it. */
const isVolume = (disk: Json): boolean => (number(disk, 'index') ?? 0) > 0 || readMachineLabel(nameOf(disk)) !== undefined;
