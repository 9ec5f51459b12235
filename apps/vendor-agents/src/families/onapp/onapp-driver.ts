import type { VendorHttp } from '../../vendor/http.js';
import { readFreeSize } from '../../vendor/free-sizes.js';
import { mapsImageName } from '../../vendor/image-names.js';
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
  type VendorPrices,
} from '../../vendor/port.js';
import { OnAppAddresses } from './addresses.js';
import { Billing } from './billing.js';
import { Machines, pathOf } from './machines.js';
import { type OnAppAccess, OnAppApi } from './onapp-api.js';
import { OnAppOperations } from './operations.js';
import { Templates } from './templates.js';
import { OnAppMetrics } from './usage.js';
import { Zones } from './zones.js';

export interface OnAppOptions extends OnAppAccess {
  /** A control panel is one region, by the name that the account gives it. */
  readonly regions: readonly string[];
  /** The account's own mapping of portable image names. */
  readonly images: Readonly<Record<string, string>>;
}

const hourMs = 3_600_000;

/** The share of a core that the operator's own documents show in their examples. */
const cpuShares = 100;

export class OnAppDriver implements VendorDriver {
  readonly operations: OnAppOperations;
  readonly addresses: OnAppAddresses;
  readonly metrics: OnAppMetrics;
  readonly prices: VendorPrices = {
    everyMs: hourMs,
    list: async (regions) => (await Promise.all(regions.map((region) => this.billing.prices(region)))).flat(),
  };
  private readonly api: OnAppApi;
  private readonly zonesOf: Zones;
  private readonly machines: Machines;
  private readonly templates: Templates;
  private readonly billing: Billing;

  constructor(
    private readonly options: OnAppOptions,
    private readonly http: VendorHttp,
  ) {
    const api = new OnAppApi(http, options);
    this.api = api;
    this.zonesOf = new Zones(api);
    this.machines = new Machines(api, this.zonesOf);
    this.templates = new Templates(api, options.images);
    this.billing = new Billing(api);
    this.operations = new OnAppOperations({ api, machines: this.machines, templates: this.templates });
    this.addresses = new OnAppAddresses(api, this.machines);
    this.metrics = new OnAppMetrics(api, this.machines);
  }

  async check(): Promise<void> {
    await this.api.get('profile', 'user', this.options.regions[0] ?? 'onapp');
  }

  regions(): Promise<readonly string[]> {
    return Promise.resolve(this.options.regions);
  }

  async zones(region: string): Promise<readonly string[]> {
    return await this.zonesOf.names(region);
  }

  async sizes(region: string): Promise<readonly Size[]> {
    return await this.billing.sizes(region);
  }

  async quotas(region: string): Promise<readonly QuotaLeft[]> {
    return await this.billing.quotas(region, await this.machines.all(region));
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.options.images, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    return await this.templates.named({ name, architecture, region });
  }

  /** The label says which machine it is: what an earlier call has made is looked for first. */
  async create(order: MachineOrder, token: string): Promise<Instance> {
    const { region } = order;
    const known = await this.find(region, token);
    if (known) return known;
    const size = readFreeSize(order.size);
    const template = await this.templates.id(region, order.image);
    const group = await this.zonesOf.group(region, order.zone);
    const label = machineLabel(order.name, order.tags[installationTag] ?? '', token);
    const wish = {
      label,
      hostname: label.toLowerCase(),
      cpus: size.cores,
      memory: Math.round(size.memory * 1024),
      cpu_shares: cpuShares,
      template_id: template,
      primary_disk_size: size.disk,
      swap_disk_size: 0,
      ...(group === undefined ? {} : { hypervisor_group_id: group }),
      required_virtual_machine_build: 1,
      required_virtual_machine_startup: 1,
      required_ip_address_assignment: 1,
      required_automatic_backup: 0,
    };
    const made = await this.api.post('virtual_machines', { virtual_machine: wish }, 'virtual_machine', region);
    return await this.machines.shown(region, made);
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const found = (await this.machines.all(region)).find(
      (machine) => readMachineLabel(text(machine, 'label') ?? '')?.placement === token,
    );
    return found === undefined ? undefined : await this.machines.shown(region, found);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const machine = await this.machines.get(region, vendorId);
    return machine === undefined ? undefined : await this.machines.shown(region, machine);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    const machines = await this.machines.all(region);
    const own = await Promise.all(machines.map((machine) => this.machines.tagged(region, machine, mark)));
    return own.filter((machine) => machine !== undefined);
  }

  /** With its disks and addresses. */
  async delete(region: string, vendorId: string): Promise<void> {
    await this.api.delete(pathOf(vendorId), region);
  }

  close(): void {
    this.http.close();
  }
}
