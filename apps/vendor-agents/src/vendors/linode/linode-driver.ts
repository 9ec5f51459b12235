import { randomBytes } from 'node:crypto';
import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
import { field, type Json, list, text } from '../../vendor/json.js';
import { installationMark, machineLabel } from '../../vendor/machine-label.js';
import {
  type Instance,
  installationTag,
  type MachineOrder,
  placementTag,
  type QuotaLeft,
  type Size,
  type TaggedInstance,
  type VendorDriver,
  type VendorPrices,
} from '../../vendor/port.js';
import { asVendorError, unlessGone } from '../../vendor/vendor-error.js';
import { LinodeAddresses } from './addresses.js';
import { faultIn } from './events.js';
import { linodeCalled, pathOf } from './instances.js';
import { LinodeApi } from './linode-api.js';
import { instanceOf, pricesOf, sizeOf, taggedInstanceOf } from './mapping.js';
import { LinodeMetrics } from './metrics.js';
import { LinodeOperations } from './operations.js';
import { LinodeVolumes } from './volumes.js';

export interface LinodeAccount {
  readonly endpoint: string;
  readonly token: string;
  /** The account's own images, id or label, by portable name. */
  readonly images: Readonly<Record<string, string>>;
}

const priceListMs = 3_600_000;
/** "Create a Linode", `label`: 3 to 64 characters, of which no two hyphens follow each other. It is unique in the account. */
const longestLabel = 64;

/**
 * Linode API v4. A machine is found again by its label, in which placement and installation are: Linode makes no second one of the same
 * label. What is asked for twice is therefore made once.
 */
export class LinodeDriver implements VendorDriver {
  readonly operations: LinodeOperations;
  readonly volumes: LinodeVolumes;
  readonly addresses: LinodeAddresses;
  readonly metrics: LinodeMetrics;
  readonly prices: VendorPrices = {
    everyMs: priceListMs,
    list: async (regions) => (await this.types()).flatMap((type) => pricesOf(type, regions)),
  };
  private readonly api: LinodeApi;

  constructor(
    private readonly account: LinodeAccount,
    private readonly http: VendorHttp,
  ) {
    this.api = new LinodeApi(http, account.endpoint, account.token);
    this.operations = new LinodeOperations(this.api);
    this.volumes = new LinodeVolumes(this.api);
    this.addresses = new LinodeAddresses(this.api);
    this.metrics = new LinodeMetrics(this.api);
  }

  /** Regions, types and images are shown to everybody: only what is the account's own proves the token. */
  async check(): Promise<void> {
    await this.api.call('account', 'GET', '/linode/instances?page=1&page_size=25');
  }

  async regions(): Promise<readonly string[]> {
    const regions = await this.api.all('account', '/regions');
    return regions
      .filter((region) => list(region, 'capabilities').includes('Linodes'))
      .flatMap((region) => text(region, 'id') ?? []);
  }

  /** Linode has no zones. */
  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  /** All types, but those that the region does not have now. */
  async sizes(region: string): Promise<readonly Size[]> {
    const [types, missing] = await Promise.all([this.types(), this.missing(region)]);
    return types.flatMap((type) => sizeOf(type) ?? []).filter(({ name }) => !missing.has(name));
  }

  /** An account's limits are not told by the API: one meets them. */
  quotas(): Promise<readonly QuotaLeft[]> {
    return Promise.resolve([]);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.account.images, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const listed = (await this.api.all(region, '/images')).flatMap((image) => {
      const [id, label, created] = [text(image, 'id'), text(image, 'label'), text(image, 'created')];
      const isUsable = (text(image, 'status') ?? 'available') === 'available' && field(image, 'deprecated') !== true;
      return id === undefined || !isUsable ? [] : [{ id, name: label ?? id, created }];
    });
    return imageAmong(listed, this.account.images, { name, architecture, region });
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const label = machineLabel(order.name, order.tags[installationTag] ?? '', token, longestLabel);
    try {
      return instanceOf(await this.api.call(order.region, 'POST', '/linode/instances', wishOf(order, label)));
    } catch (error) {
      const made = isTaken(error) ? await this.find(order.region, token) : undefined;
      if (made) return made;
      throw error;
    }
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const filter = { region, label: { '+contains': token } };
    const linodes = await this.api.all(region, '/linode/instances', filter);
    const made = linodes.find((linode) => taggedInstanceOf(linode)?.placement === token);
    return made === undefined ? undefined : await this.described(region, made);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const linode = await unlessGone(linodeCalled(this.api, region, vendorId));
    return linode === undefined ? undefined : await this.described(region, linode);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    const linodes = await this.api.all(region, '/linode/instances', { region, label: { '+contains': mark } });
    return linodes.flatMap((linode) => {
      const tagged = taggedInstanceOf(linode);
      return tagged?.mark === mark ? tagged : [];
    });
  }

  /** Its disks and addresses go with it; its volumes stay. */
  async delete(region: string, vendorId: string): Promise<void> {
    await this.api.call(region, 'DELETE', pathOf(vendorId));
  }

  close(): void {
    this.http.close();
  }

  private async described(region: string, linode: Json): Promise<Instance> {
    const instance = instanceOf(linode);
    if (instance.state !== 'inactive') return instance;
    const fault = await faultIn(this.api, region, instance.vendorId);
    return fault ? { ...instance, state: 'error', fault } : instance;
  }

  private async types(): Promise<readonly Json[]> {
    return await this.api.all('account', '/linode/types');
  }

  /** "Get a region's availability": a list of its own, without pages; a region that tells nothing has everything. */
  private async missing(region: string): Promise<ReadonlySet<string>> {
    const told = await unlessGone(this.api.call(region, 'GET', `/regions/${encodeURIComponent(region)}/availability`));
    const plans = Array.isArray(told) ? (told as readonly Json[]) : [];
    return new Set(plans.filter((plan) => field(plan, 'available') === false).flatMap((plan) => text(plan, 'plan') ?? []));
  }
}

/** The password is nobody's: who has no key gets in by Linode's own reset of it. */
function wishOf({ region, size, image, sshKey, userData, tags }: MachineOrder, label: string): object {
  return {
    region,
    type: size,
    image,
    label,
    root_pass: `Aa1-${randomBytes(32).toString('base64url')}`,
    ...(sshKey === undefined ? {} : { authorized_keys: [sshKey.trim()] }),
    ...(userData === undefined ? {} : { metadata: { user_data: Buffer.from(userData).toString('base64') } }),
    tags: tagsFor(tags),
  };
}

/** Linode's tags are words of 3 to 50 characters. What is in the label needs none. */
const tagsFor = (tags: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(tags)
    .filter(([name]) => name !== placementTag && name !== installationTag)
    .map(([name, value]) => `${name}=${value}`)
    .filter((tag) => tag.length >= 3 && tag.length <= 50);

const isTaken = (error: unknown): boolean => {
  const { reason, message } = asVendorError(error);
  return reason === 'conflict' && /unique|already exists/i.test(message);
};
