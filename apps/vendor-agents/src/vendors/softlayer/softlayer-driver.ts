import { readFreeSize } from '../../vendor/free-sizes.js';
import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
import { machineLabel } from '../../vendor/machine-label.js';
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
import { asVendorError } from '../../vendor/vendor-error.js';
import type { RpcValue } from '../../vendor/xml-rpc.js';
import { Guests, instanceOf, isFor, taggedInstanceOf } from './guests.js';
import { Images, isTemplate } from './images.js';
import { datacentersOf, optionsOf, pricedSizesOf, sizeOf, systemsOf } from './options.js';
import { type SoftLayerAccess, SoftLayerApi } from './softlayer-api.js';
import { SoftLayerOperations } from './softlayer-operations.js';
import { sshKeyId } from './ssh-keys.js';

export interface SoftLayerAccount extends SoftLayerAccess {
  /** Of the names that instances get. */
  readonly domain: string;
  /** The account's own images by portable name: the code of an operating system, or the GUID of a template. */
  readonly images: Readonly<Record<string, string>>;
}

const priceListMs = 3_600_000;
/** What a tag may be written with (SoftLayer_Virtual_Guest::setTags takes them in one text, with commas between). */
const strange = /[^A-Za-z0-9 _.:-]/g;

/** An instance is found again by its host name, which tells the installation and the placement it is for: it has it from the start. */
export class SoftLayerDriver implements VendorDriver {
  readonly operations: SoftLayerOperations;
  /** The same in all data centres. */
  readonly prices: VendorPrices = {
    everyMs: priceListMs,
    list: async () =>
      pricedSizesOf(await optionsOf(this.api)).flatMap(({ price, ...size }) =>
        price === undefined ? [] : [{ size: sizeOf(size).name, price, currency: 'USD' }],
      ),
  };
  private readonly api: SoftLayerApi;
  private readonly guests: Guests;

  constructor(
    private readonly account: SoftLayerAccount,
    http: VendorHttp,
    now: () => number,
  ) {
    this.api = new SoftLayerApi(http, account);
    this.guests = new Guests(this.api);
    const images = new Images(this.api, this.guests);
    this.operations = new SoftLayerOperations({ api: this.api, guests: this.guests, images, now });
  }

  async check(): Promise<void> {
    await this.api.read({ service: 'Account', method: 'getObject', mask: 'id' });
  }

  async regions(): Promise<readonly string[]> {
    return datacentersOf(await optionsOf(this.api));
  }

  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  async sizes(region: string): Promise<readonly Size[]> {
    const options = await optionsOf(this.api);
    return datacentersOf(options).includes(region) ? pricedSizesOf(options).map(sizeOf) : [];
  }

  quotas(): Promise<readonly QuotaLeft[]> {
    return Promise.resolve([]);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.account.images, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const { images } = this.account;
    const own = images[name];
    if (own !== undefined && isTemplate(own)) return own;
    return imageAmong(systemsOf(await optionsOf(this.api)), images, { name, architecture, region });
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const keys = order.sshKey === undefined ? {} : { sshKeys: [{ id: await sshKeyId(this.api, order.sshKey) }] };
    const template = { ...this.templateOf(order, token), ...keys };
    const guest = await this.api.do({ service: 'Virtual_Guest', method: 'createObject', args: [template] });
    const instance = instanceOf(guest, order.region);
    await this.tag(instance.vendorId, order.tags);
    return instance;
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const guest = (await this.guests.in(region)).find((candidate) => isFor(candidate, token));
    return guest === undefined ? undefined : instanceOf(guest, region);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const guest = await this.guests.get(vendorId);
    return guest === undefined ? undefined : instanceOf(guest, region);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    return (await this.guests.in(region)).flatMap((guest) => taggedInstanceOf(guest, region, installation) ?? []);
  }

  async delete(_region: string, vendorId: string): Promise<void> {
    await this.guests.do(vendorId, 'deleteObject');
  }

  close(): void {
    this.api.close();
  }

  /** SoftLayer_Virtual_Guest::createObject, Required Input. A template of the account's own brings its disk. */
  private templateOf(order: MachineOrder, token: string): Record<string, RpcValue> {
    const { cores, memory, disk } = readFreeSize(order.size);
    const source = isTemplate(order.image)
      ? { blockDeviceTemplateGroup: { globalIdentifier: order.image } }
      : { operatingSystemReferenceCode: order.image, blockDevices: [{ device: '0', diskImage: { capacity: disk } }] };
    return {
      hostname: machineLabel(order.name, order.tags[installationTag] ?? '', token),
      domain: this.account.domain,
      startCpus: cores,
      maxMemory: Math.round(memory * 1024),
      datacenter: { name: order.region },
      hourlyBillingFlag: true,
      localDiskFlag: true,
      ...source,
      ...(order.userData === undefined ? {} : { userData: [{ value: order.userData }] }),
    };
  }

  /** The machine is there with its tags or without: a failure that passes costs it them, and nothing else. */
  private async tag(vendorId: string, tags: MachineOrder['tags']): Promise<void> {
    const words = Object.entries(tags).map(([name, value]) => `${name}:${value}`.replace(strange, '-'));
    try {
      await this.guests.tag(vendorId, words.join(','));
    } catch (error) {
      if (!asVendorError(error).passing) throw error;
    }
  }
}
