import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
import { field, number, requiredList, text } from '../../vendor/json.js';
import {
  type Instance,
  installationTag,
  type MachineOrder,
  type QuotaLeft,
  type Size,
  type TaggedInstance,
  type VendorDriver,
  type VendorMetrics,
  type VendorPrices,
} from '../../vendor/port.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { instanceOf, priceOf, readingsOf, sizeOf, taggedInstanceOf, zonesOf } from './mapping.js';
import { PtcApi } from './ptc-api.js';
import { PtcOperations } from './ptc-operations.js';
import { PtcVolumes } from './ptc-volumes.js';

export interface PtcAccount {
  readonly endpoint: string;
  readonly token: string;
  /** The account's own images, id or name, by portable name. */
  readonly images: Readonly<Record<string, string>>;
}

const priceListMs = 600_000;

export class PtcDriver implements VendorDriver {
  readonly operations: PtcOperations;
  readonly volumes: PtcVolumes;
  readonly prices: VendorPrices = {
    everyMs: priceListMs,
    list: async (regions) =>
      (
        await Promise.all(
          regions.map(async (region) => (await this.api.all(region, 'sizes')).flatMap((size) => priceOf(region, size) ?? [])),
        )
      ).flat(),
  };
  readonly metrics: VendorMetrics = {
    read: async (region, vendorId, since) => {
      const measured = await unlessGone(this.api.in(region, 'GET', `/machines/${encodeURIComponent(vendorId)}/metrics`));
      return measured === undefined ? undefined : readingsOf(measured).filter(({ at }) => at >= since);
    },
  };
  private readonly api: PtcApi;

  constructor(
    private readonly account: PtcAccount,
    private readonly http: VendorHttp,
  ) {
    this.api = new PtcApi(http, account.endpoint, account.token);
    this.operations = new PtcOperations(this.api);
    this.volumes = new PtcVolumes(this.api);
  }

  async check(): Promise<void> {
    await this.regions();
  }

  async regions(): Promise<readonly string[]> {
    return requiredList(await this.api.global('/regions'), 'regions').flatMap((region) => text(region, 'name') ?? []);
  }

  async zones(region: string): Promise<readonly string[]> {
    const zones = zonesOf(await this.api.in(region, 'GET', ''));
    if (zones.length === 0) throw new VendorError('unavailable', `${region} has no zone that takes machines now`);
    return zones;
  }

  async sizes(region: string): Promise<readonly Size[]> {
    return (await this.api.all(region, 'sizes')).flatMap((size) => sizeOf(size) ?? []);
  }

  async quotas(region: string): Promise<readonly QuotaLeft[]> {
    const machines = field(await this.api.in(region, 'GET', ''), 'machines');
    const [limit, used] = [number(machines, 'limit'), number(machines, 'used')];
    return limit === undefined || used === undefined ? [] : [{ of: 'machines', left: Math.max(0, limit - used) }];
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.account.images, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const listed = (await this.api.all(region, 'images')).flatMap((image) => {
      const id = text(image, 'id');
      const more = { architecture: text(image, 'architecture'), created: text(image, 'created') };
      return id === undefined ? [] : [{ id, name: text(image, 'name') ?? '', ...more }];
    });
    return imageAmong(listed, this.account.images, { name, architecture, region });
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const { name, zone, size, image, tags, sshKey, userData } = order;
    const wish = { name, zone, size, image, tags, token, ssh_key: sshKey, user_data: userData };
    return instanceOf(await this.api.in(order.region, 'POST', '/machines', wish));
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const [machine] = await this.api.all(region, 'machines', `token=${encodeURIComponent(token)}`);
    return machine === undefined ? undefined : instanceOf(machine);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const machine = await unlessGone(this.api.in(region, 'GET', `/machines/${encodeURIComponent(vendorId)}`));
    return machine === undefined ? undefined : instanceOf(machine);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const machines = await this.api.all(region, 'machines', `tag=${encodeURIComponent(`${installationTag}=${installation}`)}`);
    return machines.flatMap((machine) => taggedInstanceOf(machine) ?? []);
  }

  async delete(region: string, vendorId: string): Promise<void> {
    await this.api.in(region, 'DELETE', `/machines/${encodeURIComponent(vendorId)}`);
  }

  close(): void {
    this.http.close();
  }
}
