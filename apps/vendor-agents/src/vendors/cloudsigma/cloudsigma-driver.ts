import { randomBytes } from 'node:crypto';
import { setTimeout as passed } from 'node:timers/promises';
import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, type ListedImage, mapsImageName } from '../../vendor/image-names.js';
import { type Json, text } from '../../vendor/json.js';
import {
  type Instance,
  type MachineOrder,
  placementTag,
  type QuotaLeft,
  type Size,
  type TaggedInstance,
  type VendorDriver,
  type VolumeDriver,
  type VendorPrice,
  type VendorPrices,
} from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { asVendorError, type VendorError } from '../../vendor/vendor-error.js';
import { type CloudSigmaAccess, CloudSigmaApi } from './cloudsigma-api.js';
import { CloudSigmaOperations } from './cloudsigma-operations.js';
import { CloudSigmaServers } from './cloudsigma-servers.js';
import { cloudSigmaVolumes } from './cloudsigma-volumes.js';
import { installationOf, instanceOf, placementOf, type Server } from './mapping.js';
import { type Plan, planKey, readPlan } from './plan.js';
import { priceOf, unitPricesOf } from './prices.js';
import { Progress } from './progress.js';
import { resourcesOf, sizesOf } from './sizes.js';

export interface CloudSigmaAccount extends CloudSigmaAccess {
  /** Where the account is asked what concerns all regions. */
  readonly homeRegion: string;
  /** The account's own images by portable name: a name or uuid of the library, `drives/<uuid>` or `snapshots/<uuid>`. */
  readonly images: Readonly<Record<string, string>>;
}

const priceListMs = 600_000;
/** How long a create waits for a drive to be cloned before it leaves the rest to whoever looks at the machine next, ms. */
const cloneWaitsMs = [50, 100, 200, 400, 800, 1_500];
/** Keys of meta (Meta). */
const longestKey = 32;

/**
 * A machine is a server and a drive that is cloned of an image. The server is made first, with its plan in its meta: it costs nothing while
 * it is stopped, gives the machine its id, and tells whoever finds it what is missing.
 */
export class CloudSigmaDriver implements VendorDriver {
  readonly operations: CloudSigmaOperations;
  readonly volumes: VolumeDriver;
  readonly prices: VendorPrices = {
    everyMs: priceListMs,
    list: async (regions) => (await Promise.all(regions.map(async (region) => await this.pricesIn(region)))).flat(),
  };
  private readonly api: CloudSigmaApi;
  private readonly servers: CloudSigmaServers;
  private readonly progress: Progress;

  constructor(
    private readonly account: CloudSigmaAccount,
    private readonly http: VendorHttp,
  ) {
    this.api = new CloudSigmaApi(http, account);
    this.servers = new CloudSigmaServers(this.api);
    this.progress = new Progress(this.servers);
    this.operations = new CloudSigmaOperations(this.api, this.servers, this.progress);
    this.volumes = cloudSigmaVolumes(this.api, this.servers, this.progress);
  }

  async check(): Promise<void> {
    await this.api.call(this.account.homeRegion, 'GET', '/balance/');
  }

  async regions(): Promise<readonly string[]> {
    return (await this.api.all(this.account.homeRegion, '/locations/')).flatMap(
      (place) => text(place, 'id')?.toLowerCase() ?? [],
    );
  }

  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  async sizes(region: string): Promise<readonly Size[]> {
    return sizesOf(await this.api.call(region, 'GET', '/capabilities/'));
  }

  quotas(): Promise<readonly QuotaLeft[]> {
    return Promise.resolve([]);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.account.images, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const { images } = this.account;
    if (images[name]?.includes('/')) return images[name];
    const library = (await this.api.all(region, '/libdrives/')).flatMap(installedImageOf);
    return imageAmong(library, images, { name, architecture, region });
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const definition = definitionFor(order, token);
    const server = (await this.servers.of(order.region, token)) ?? (await this.servers.make(order.region, definition));
    try {
      return instanceOf(await this.begun(order.region, server), order.region);
    } catch (error) {
      if (!asVendorError(error).passing) await this.removed(order.region, server);
      throw error;
    }
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const server = await this.servers.of(region, token);
    return server && instanceOf(server, region);
  }

  /** Goes on with what is planned for it. */
  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const server = await this.servers.get(region, vendorId);
    if (!server) return undefined;
    try {
      return instanceOf(await this.progress.advance(region, server), region);
    } catch (error) {
      return await this.refused(region, server, asVendorError(error));
    }
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const servers = (await this.servers.all(region)).filter((server) => installationOf(server) === installation);
    return servers.flatMap((server) => {
      const placement = placementOf(server);
      return placement === undefined ? [] : [{ ...instanceOf(server, region), placement }];
    });
  }

  /** Only what is stopped can be deleted; a server's drives go with it, volumes excepted. */
  async delete(region: string, vendorId: string): Promise<void> {
    const server = await this.servers.required(region, vendorId);
    if (server.status === 'starting' || server.status === 'stopping') return;
    const unplanned = readPlan(server.meta) ? await this.servers.plan(region, server, undefined) : server;
    if (server.status === 'running') await this.servers.act(region, vendorId, 'stop');
    else await this.removed(region, unplanned);
  }

  close(): void {
    this.http.close();
  }

  private async begun(region: string, server: Server): Promise<Server> {
    let now = await this.progress.advance(region, server);
    for (const ms of cloneWaitsMs) {
      if (now.status !== 'stopped') break;
      await passed(ms);
      now = await this.progress.advance(region, now);
    }
    return now;
  }

  /** A machine that CloudSigma refuses to go on with: one that never ran will not come up, any other is to run as it was. */
  private async refused(region: string, server: Server, refusal: VendorError): Promise<Instance> {
    const plan = readPlan(server.meta);
    const { reason, passing, vendorCode, message } = refusal;
    if (passing || !plan) throw refusal;
    if (reason === 'conflict') return instanceOf(server, region);
    if (!plan.fresh) return { ...instanceOf(await this.progress.giveUp(region, server), region), state: 'inactive' };
    const known = reason === 'quota' || reason === 'no-capacity' ? reason : 'boot-failed';
    return instanceOf(server, region, { reason: known, code: vendorCode, message });
  }

  private async removed(region: string, server: Server): Promise<void> {
    const own = (await this.servers.drivesFor(region, placementOf(server) ?? '')).map(({ id }) => id);
    const mounts = server.mounts.filter(({ drive }) => own.includes(drive));
    if (mounts.length < server.mounts.length) await this.servers.define(region, { ...server, mounts });
    const loose = own.filter((id) => !mounts.some(({ drive }) => drive === id));
    for (const id of loose) await this.servers.removeDrive(region, id);
    await this.servers.remove(region, server.id);
  }

  private async pricesIn(region: string): Promise<readonly VendorPrice[]> {
    const [sizes, objects, levels, balance] = await Promise.all([
      this.sizes(region),
      this.api.all(region, '/pricing/'),
      this.api.call(region, 'GET', '/pricing/?limit=1'),
      this.api.call(region, 'GET', '/balance/'),
    ]);
    const currency = text(balance, 'currency')?.toUpperCase();
    if (currency === undefined) throw malformed('the answer does not tell the currency of the account');
    const unit = unitPricesOf(objects, levels, currency);
    return unit ? sizes.map(({ name }) => priceOf(region, name, resourcesOf(name), unit)) : [];
  }
}

function definitionFor({ name, size, image, tags, sshKey, userData }: MachineOrder, token: string): object {
  const { cpu, smp, mem, disk } = resourcesOf(size);
  const plan: Plan = { image, resources: { cpu, smp, mem, disk }, start: true, fresh: true, since: null };
  const meta = {
    ...Object.fromEntries(Object.entries(tags).filter(([key]) => key.length <= longestKey)),
    [placementTag]: token,
    [planKey]: JSON.stringify(plan),
    ...contextOf(sshKey, userData),
  };
  const nics = [{ ip_v4_conf: { conf: 'dhcp' }, model: 'virtio' }];
  return { name, cpu, smp, mem, vnc_password: randomBytes(6).toString('hex'), nics, meta };
}

/** A machine reads its meta over a serial line (Server Context), cloud-init these keys of it (cloud-init, Datasources, CloudSigma). */
function contextOf(sshKey: string | undefined, userData: string | undefined): Readonly<Record<string, string>> {
  const encoded = userData === undefined ? undefined : Buffer.from(userData).toString('base64');
  return {
    ...(sshKey === undefined ? {} : { ssh_public_key: sshKey }),
    ...(encoded === undefined ? {} : { 'cloudinit-user-data': encoded, base64_fields: 'cloudinit-user-data' }),
  };
}

/** Ready-made systems; the library has installation media, too. The newest of a name has the highest version in it. */
function installedImageOf(drive: Json): readonly ListedImage[] {
  const [id, name] = [text(drive, 'uuid'), text(drive, 'name')];
  if (id === undefined || name === undefined) return [];
  if ((text(drive, 'image_type') ?? 'preinst') !== 'preinst' || text(drive, 'arch') === '32') return [];
  return [{ id, name, created: name }];
}
