import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
import type { Json } from '../../vendor/json.js';
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
import { unlessGone } from '../../vendor/vendor-error.js';
import { domain, imageOf, instanceOf, labelOf, priceOf, sizeOf } from './mapping.js';
import { aboutOrder, orderOf, ordersIn, pathOf, plansOf } from './orders.js';
import { RimuHostingApi } from './rimuhosting-api.js';
import { RimuHostingOperations } from './rimuhosting-operations.js';

export interface RimuHostingAccount {
  readonly endpoint: string;
  readonly apiKey: string;
  /** The account's own distributions, code or description, by portable name. */
  readonly images: Readonly<Record<string, string>>;
}

const priceListMs = 3_600_000;

/**
 * RimuHosting: a machine is an order, and lives at a data centre. There is no token that makes orders one: the name of an order holds a
 * label, which is looked for before it is placed.
 */
export class RimuHostingDriver implements VendorDriver {
  readonly operations: RimuHostingOperations;
  readonly prices: VendorPrices = {
    everyMs: priceListMs,
    list: async (regions) =>
      (await plansOf(this.api))
        .flatMap((plan) => priceOf(plan) ?? [])
        .filter(({ region }) => region === undefined || regions.includes(region)),
  };
  private readonly api: RimuHostingApi;

  constructor(
    private readonly account: RimuHostingAccount,
    private readonly http: VendorHttp,
    private readonly now: () => number,
  ) {
    this.api = new RimuHostingApi(http, account.endpoint, account.apiKey);
    this.operations = new RimuHostingOperations(this.api, now);
  }

  /** Plans and distributions are shown to everybody: only orders prove the key. */
  async check(): Promise<void> {
    await this.api.all('account', '/orders;include_inactive=N', 'about_orders');
  }

  /** The data centres that plans are offered at: there is no list of them. */
  async regions(): Promise<readonly string[]> {
    return [...new Set((await plansOf(this.api)).flatMap(({ dataCentre }) => dataCentre ?? []))];
  }

  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  async sizes(region: string): Promise<readonly Size[]> {
    return (await plansOf(this.api, region)).map(sizeOf);
  }

  /** The API tells none. */
  quotas(): Promise<readonly QuotaLeft[]> {
    return Promise.resolve([]);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.account.images, name);
  }

  /** Distributions are the same at all data centres. */
  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const distros = await this.api.all(region, '/distributions', 'distro_infos');
    return imageAmong(
      distros.flatMap((distro) => imageOf(distro) ?? []),
      this.account.images,
      { name, architecture, region },
    );
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const earlier = await this.find(order.region, token);
    if (earlier) return earlier;
    const body = { new_order_request: requestFor(order, token) };
    const answer = await this.api.call({ scope: order.region, method: 'POST', path: '/orders/new-vps', body });
    return instanceOf(aboutOrder(answer), this.now());
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const made = (await ordersIn(this.api, region)).find((order) => labelOf(order)?.placement === token);
    return made === undefined ? undefined : instanceOf(made, this.now());
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const order = await unlessGone(orderOf(this.api, region, vendorId));
    return order === undefined ? undefined : instanceOf(order, this.now());
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    return (await ordersIn(this.api, region)).flatMap((order) => this.tagged(order, mark));
  }

  /** Shuts it down and cancels its order. */
  async delete(region: string, vendorId: string): Promise<void> {
    await this.api.call({ scope: region, method: 'DELETE', path: pathOf(vendorId, '/vps') });
  }

  close(): void {
    this.http.close();
  }

  private tagged(order: Json, mark: string): readonly TaggedInstance[] {
    const label = labelOf(order);
    if (label?.mark !== mark) return [];
    const instance = instanceOf(order, this.now());
    return instance.state === 'gone' ? [] : [{ ...instance, placement: label.placement }];
  }
}

/** jaxbdocs, NewVPSRequest; rimuapi.py for `cloud_config_data`, and for where a public key is put. RimuHosting makes up the password. */
const requestFor = ({ name, region, size, image, sshKey, userData, tags }: MachineOrder, token: string): object => ({
  dc_location: region,
  pricing_plan_code: size,
  instantiation_options: {
    domain_name: `${machineLabel(name, tags[installationTag] ?? '', token)}${domain}`,
    distro: image,
    ...(userData === undefined ? {} : { cloud_config_data: userData }),
  },
  meta_data: Object.entries(tags).map(([tag, value]) => ({ key_name: tag, value })),
  ...(sshKey === undefined ? {} : { file_injection_data: [{ path: '/root/.ssh/authorized_keys', data_as_string: sshKey }] }),
});
