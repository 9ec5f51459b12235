import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
import { installationMark, machineLabel } from '../../vendor/machine-label.js';
import {
  type Instance,
  installationTag,
  type MachineOrder,
  type QuotaLeft,
  type Size,
  type TaggedInstance,
  type VendorDriver,
  type VendorPrices,
} from '../../vendor/port.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { escapeXml, text } from '../../vendor/xml.js';
import { instanceOf, labelOf, listedImageOf, priceOf, sizeOf } from './mapping.js';
import { SlicehostApi } from './slicehost-api.js';
import { pathOf, SlicehostOperations } from './slicehost-operations.js';

export interface SlicehostAccount {
  readonly endpoint: string;
  readonly apiKey: string;
  /** As the account calls where its slices are: the API does not say. */
  readonly regions: readonly string[];
  /** The account's own images, id or name, by portable name. */
  readonly images: Readonly<Record<string, string>>;
}

const priceListMs = 3_600_000;

/** A slice is found again by its name, in which the installation and the placement stand: Slicehost has neither tokens nor tags. */
export class SlicehostDriver implements VendorDriver {
  readonly operations: SlicehostOperations;
  readonly prices: VendorPrices = {
    everyMs: priceListMs,
    list: async () => (await this.api.all('flavors', 'flavor')).flatMap((flavor) => priceOf(flavor) ?? []),
  };
  private readonly api: SlicehostApi;

  constructor(
    private readonly account: SlicehostAccount,
    http: VendorHttp,
  ) {
    this.api = new SlicehostApi(http, account.endpoint, account.apiKey);
    this.operations = new SlicehostOperations(this.api);
  }

  async check(): Promise<void> {
    await this.api.all('slices', 'slice');
  }

  regions(): Promise<readonly string[]> {
    return Promise.resolve(this.account.regions);
  }

  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  async sizes(): Promise<readonly Size[]> {
    return (await this.api.all('flavors', 'flavor')).flatMap((flavor) => sizeOf(flavor) ?? []);
  }

  quotas(): Promise<readonly QuotaLeft[]> {
    return Promise.resolve([]);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.account.images, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const listed = (await this.api.all('images', 'image')).flatMap((image) => listedImageOf(image) ?? []);
    return imageAmong(listed, this.account.images, { name, architecture, region });
  }

  /** One request makes a slice or none: what became of one without an answer is found by its name. */
  async create(order: MachineOrder, token: string): Promise<Instance> {
    const flavor = await this.flavorNamed(order.size);
    const name = machineLabel(order.name, order.tags[installationTag] ?? '', token);
    const wish = `<slice><name>${name}</name><flavor-id>${escapeXml(flavor)}</flavor-id><image-id>${escapeXml(order.image)}</image-id></slice>`;
    return instanceOf(await this.api.create('/slices.xml', wish, 'slice'), order.region);
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const slice = (await this.api.all('slices', 'slice')).find((candidate) => labelOf(candidate)?.placement === token);
    return slice === undefined ? undefined : instanceOf(slice, region);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const slice = await unlessGone(this.api.one(pathOf(vendorId), 'slice'));
    return slice === undefined ? undefined : instanceOf(slice, region);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    return (await this.api.all('slices', 'slice')).flatMap((slice) => {
      const label = labelOf(slice);
      if (label?.mark !== mark) return [];
      const instance = instanceOf(slice, region);
      return instance.state === 'gone' ? [] : [{ ...instance, placement: label.placement }];
    });
  }

  async delete(_region: string, vendorId: string): Promise<void> {
    await this.api.act(pathOf(vendorId, 'destroy'));
  }

  close(): void {
    this.api.close();
  }

  /** Slices are made of a flavor's id. */
  private async flavorNamed(size: string): Promise<string> {
    const flavor = (await this.api.all('flavors', 'flavor')).find((candidate) => text(candidate, 'name') === size);
    const id = flavor === undefined ? undefined : text(flavor, 'id');
    if (id === undefined) throw new VendorError('invalid-request', `Slicehost has no flavor '${size}'`);
    return id;
  }
}
