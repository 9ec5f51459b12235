import type { VendorHttp } from '../../vendor/http.js';
import { type FreeLimits, freeSizes } from '../../vendor/free-sizes.js';
import { mapsImageName } from '../../vendor/image-names.js';
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
import { unlessGone } from '../../vendor/vendor-error.js';
import { number, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';
import { director, VcloudApi, type VcloudAccount } from './api.js';
import { Creation } from './creation.js';
import { undeployment } from './documents.js';
import { VcloudOperations } from './operations.js';
import { listedOrganizations, Places } from './places.js';
import { queried, recordedStates } from './query.js';
import { idIn, required } from './references.js';
import { templateNamed } from './templates.js';
import { instanceOf, isBusy, type VApp, vappOf, wasStarted } from './vapp.js';

export interface VcloudProfile extends VcloudAccount {
  readonly organization: string;
  /** The account's own templates, id or name, by portable name. */
  readonly ownImages: Readonly<Record<string, string>>;
  readonly network: string | undefined;
  readonly limits: FreeLimits;
}

/** The longest name that a vApp has (Schema Reference 1.5, ResourceType). */
const longestName = 128;

/**
 * vCloud API 1.5 of vCloud Director. A region is a virtual data center, a machine a vApp of one VM. There is no client token: the vApp's
 * name ends in ours. It is found by it once it has been deployed: what is not yet, a further create carries on with.
 */
export class VcloudDriver implements VendorDriver {
  readonly operations: VcloudOperations;
  private readonly api: VcloudApi;
  private readonly places: Places;
  private readonly creation: Creation;

  constructor(
    private readonly profile: VcloudProfile,
    http: VendorHttp,
  ) {
    this.api = new VcloudApi(profile, director, http);
    this.places = new Places(this.api, listedOrganizations(this.api), profile.organization);
    this.creation = new Creation({ api: this.api, places: this.places, network: profile.network });
    this.operations = new VcloudOperations(this.api, this.places);
  }

  async check(): Promise<void> {
    await this.places.names();
  }

  async regions(): Promise<readonly string[]> {
    return await this.places.names();
  }

  async zones(region: string): Promise<readonly string[]> {
    await this.places.href(region);
    return [region];
  }

  /** No more than the vdc may have in all. */
  async sizes(region: string): Promise<readonly Size[]> {
    const vdc = await this.places.vdc(region);
    const { limits } = this.profile;
    const [least, most] = limits.memory;
    const memory = Math.min(most, memoryOf(vdc, 'Limit') || most);
    return freeSizes({ ...limits, memory: [least, memory] });
  }

  /** 0 is no limit. */
  async quotas(region: string): Promise<readonly QuotaLeft[]> {
    const vdc = await this.places.vdc(region);
    const machines = number(vdc, 'VmQuota') ?? 0;
    const memory = memoryOf(vdc, 'Limit');
    const used = machines > 0 ? await this.machinesIn(vdc) : 0;
    return [
      ...(machines > 0 ? [{ of: 'machines' as const, left: Math.max(0, machines - used) }] : []),
      ...(memory > 0 ? [{ of: 'memory' as const, left: Math.max(0, memory - memoryOf(vdc, 'Used')) }] : []),
    ];
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.profile.ownImages, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    return await templateNamed(this.api, this.profile.ownImages, { name, architecture: architecture ?? 'x64', region });
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const label = machineLabel(order.name, order.tags[installationTag] ?? '', token, longestName);
    const vapp = await this.creation.carryOut(order, label, await this.named(order.region, token));
    return { ...instanceOf(vapp, order.region), state: 'building', fault: null };
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const vapp = await this.named(region, token);
    return vapp && wasStarted(vapp) ? instanceOf(vapp, region) : undefined;
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const vapp = await unlessGone(this.vapp(vendorId));
    return vapp && instanceOf(vapp, region);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    return (await this.recordsIn(region)).flatMap((record) => {
      const label = readMachineLabel(text(record, '@name') ?? '');
      return label?.mark === mark ? [{ ...recordedInstance(record, region), placement: label.placement }] : [];
    });
  }

  /** Its resources are taken first, then the vApp: each call takes the step that can be taken. */
  async delete(_region: string, vendorId: string): Promise<void> {
    const vapp = await this.vapp(vendorId);
    if (isBusy(vapp)) return;
    const { href, deployed, status } = vapp;
    if (deployed || status === '4') {
      const body = undeployment('powerOff');
      await this.api.call({ method: 'POST', at: `${href}/action/undeploy`, body, type: 'undeployVAppParams', roots: ['Task'] });
    } else await this.api.call({ method: 'DELETE', at: href, roots: ['Task'] });
  }

  close(): void {
    this.api.close();
  }

  private async vapp(vendorId: string): Promise<VApp> {
    return vappOf(await this.api.call({ method: 'GET', at: `/vApp/${encodeURIComponent(vendorId)}`, roots: ['VApp'] }));
  }

  private async named(region: string, token: string): Promise<VApp | undefined> {
    const record = (await this.recordsIn(region)).find(
      (candidate) => readMachineLabel(text(candidate, '@name') ?? '')?.placement === token,
    );
    return record === undefined ? undefined : await unlessGone(this.vapp(idIn(required(record, 'href', 'a vApp'))));
  }

  private async recordsIn(region: string): Promise<readonly XmlNode[]> {
    const vdc = await this.places.href(region);
    return (await queried(this.api, 'vApp', 'VAppRecord')).filter((record) => isIn(record, vdc));
  }

  private async machinesIn(vdc: XmlElement): Promise<number> {
    const href = required(vdc, 'href', 'a vdc');
    const machines = await queried(this.api, 'vm', 'VMRecord');
    return machines.filter((record) => isIn(record, href) && text(record, '@isVAppTemplate') !== 'true').length;
  }
}

/** Records name the vdc by its address, whose last part alone is its own. */
const isIn = (record: XmlNode, vdc: string): boolean => idIn(text(record, '@vdc') ?? '') === idIn(vdc);

/** GiB; 0 is no limit. */
const memoryOf = (vdc: XmlElement, which: 'Limit' | 'Used'): number =>
  (number(vdc, 'ComputeCapacity', 'Memory', which) ?? 0) / 1024;

const recordedInstance = (record: XmlNode, region: string): Instance => ({
  vendorId: idIn(required(record, 'href', 'a vApp')),
  state: text(record, '@isBusy') === 'true' ? 'building' : (recordedStates[text(record, '@status') ?? ''] ?? 'building'),
  address: null,
  zone: region,
  fault: null,
});
