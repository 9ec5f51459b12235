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
} from '../../vendor/port.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { aboutMachine, labelOf, machineOf, machinesIn, pathOf } from './machines.js';
import { cloudOf, instanceOf, nodesOf, sizes, type VpsCloud } from './mapping.js';
import { VpsNetApi } from './vpsnet-api.js';
import { VpsNetOperations } from './vpsnet-operations.js';

export interface VpsNetAccount {
  readonly endpoint: string;
  readonly email: string;
  readonly apiKey: string;
  /** The account's own templates, id or label, by portable name. */
  readonly images: Readonly<Record<string, string>>;
}

/**
 * VPS.net: machines made of nodes, in clouds that each have templates of their own. There is no token that makes two requests one: the
 * label of a machine holds ours, and is looked for before another is made.
 */
export class VpsNetDriver implements VendorDriver {
  readonly operations: VpsNetOperations;
  private readonly api: VpsNetApi;

  constructor(
    private readonly account: VpsNetAccount,
    private readonly http: VendorHttp,
  ) {
    this.api = new VpsNetApi(http, account.endpoint, account);
    this.operations = new VpsNetOperations(this.api);
  }

  async check(): Promise<void> {
    await this.api.all('account', '/virtual_machines', 'virtual_machine');
  }

  async regions(): Promise<readonly string[]> {
    return (await this.clouds('account')).map(({ label }) => label);
  }

  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  /** None of a cloud that takes no machines now. */
  async sizes(region: string): Promise<readonly Size[]> {
    return (await this.cloud(region)).available ? sizes : [];
  }

  /** Free nodes are no number of machines: how many it makes depends on their sizes. */
  quotas(): Promise<readonly QuotaLeft[]> {
    return Promise.resolve([]);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.account.images, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    return imageAmong((await this.cloud(region)).templates, this.account.images, { name, architecture, region });
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const { name, region, size, image, tags } = order;
    const slices = nodesOf(size);
    const cloud = await this.cloud(region);
    const earlier = await this.made(cloud, token);
    if (earlier) return earlier;
    const label = machineLabel(name, tags[installationTag] ?? '', token);
    const virtualMachine = {
      label,
      fqdn: `${label}.agency.internal`,
      cloud_id: idOf(cloud.id),
      system_template_id: idOf(image),
      slices_required: slices,
      backups_enabled: false,
    };
    const answer = await this.api.call(region, 'POST', '/virtual_machines', { virtual_machine: virtualMachine });
    return instanceOf(aboutMachine(answer), region);
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    return await this.made(await this.cloud(region), token);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const machine = await unlessGone(machineOf(this.api, region, vendorId));
    return machine === undefined ? undefined : instanceOf(machine, region);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    const machines = await machinesIn(this.api, region, (await this.cloud(region)).id);
    return machines.flatMap((machine) => {
      const label = labelOf(machine);
      return label?.mark === mark ? { ...instanceOf(machine, region), placement: label.placement } : [];
    });
  }

  /** Its nodes are the account's again. */
  async delete(region: string, vendorId: string): Promise<void> {
    await this.api.call(region, 'DELETE', pathOf(vendorId));
  }

  close(): void {
    this.http.close();
  }

  private async made({ id, label: region }: VpsCloud, token: string): Promise<Instance | undefined> {
    const machines = await machinesIn(this.api, region, id);
    const made = machines.find((machine) => labelOf(machine)?.placement === token);
    return made === undefined ? undefined : instanceOf(made, region);
  }

  private async clouds(scope: string): Promise<readonly VpsCloud[]> {
    return (await this.api.all(scope, '/available_clouds', 'cloud')).flatMap((cloud) => cloudOf(cloud) ?? []);
  }

  private async cloud(region: string): Promise<VpsCloud> {
    const cloud = (await this.clouds(region)).find(({ label }) => label === region);
    if (!cloud) throw new VendorError('not-found', `VPS.net has no cloud '${region}' for this account`);
    return cloud;
  }
}

/** Identifiers are numbers in its documents. */
const idOf = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);
