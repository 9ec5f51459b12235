import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
import { field, type Json, number, text } from '../../vendor/json.js';
import { machineLabel } from '../../vendor/machine-label.js';
import {
  type Instance,
  installationTag,
  type MachineOrder,
  type QuotaLeft,
  type Size,
  type TaggedInstance,
  type VendorDriver,
} from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { asVendorError, VendorError } from '../../vendor/vendor-error.js';
import { CloudStackAddresses } from './addresses.js';
import { type CloudStackAccount, CloudStackApi } from './cloudstack-api.js';
import { KeyPairs } from './key-pairs.js';
import { deployJobTag, Machines } from './machines.js';
import { CloudStackMetrics } from './metrics.js';
import { CloudStackNetworks } from './networks.js';
import { Offerings } from './offerings.js';
import { CloudStackOperations } from './operations.js';
import { SavedTemplates } from './saved-templates.js';
import { Tagging } from './tagging.js';
import { CloudStackVolumes } from './volumes.js';
import { Zones } from './zones.js';

export interface CloudStackProfile extends CloudStackAccount {
  /** The account's own images, id or name, by portable name. */
  readonly ownImages: Readonly<Record<string, string>>;
  /** Name or id of the network that machines join; without it the cloud chooses. */
  readonly network: string | undefined;
}

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * The CloudStack API, to a user. A region is one of its zones. It has no client token: the name of a machine ends in ours, and is looked up
 * before a second create.
 */
export class CloudStackDriver implements VendorDriver {
  readonly operations: CloudStackOperations;
  readonly volumes: CloudStackVolumes;
  readonly networks: CloudStackNetworks;
  readonly addresses: CloudStackAddresses;
  readonly metrics: CloudStackMetrics;
  private readonly api: CloudStackApi;
  private readonly places: Zones;
  private readonly offerings: Offerings;
  private readonly machines: Machines;
  private readonly tagging: Tagging;
  private readonly templates: SavedTemplates;
  private readonly keyPairs: KeyPairs;

  constructor(
    private readonly profile: CloudStackProfile,
    private readonly http: VendorHttp,
    now: () => number,
  ) {
    const api = (this.api = new CloudStackApi(profile, http));
    const zones = (this.places = new Zones(api));
    const offerings = (this.offerings = new Offerings(api, zones));
    const machines = (this.machines = new Machines(api, zones));
    const tagging = (this.tagging = new Tagging(api));
    const templates = (this.templates = new SavedTemplates(api, zones, machines));
    this.keyPairs = new KeyPairs(api);
    this.operations = new CloudStackOperations({ api, machines, offerings, tagging, templates });
    this.volumes = new CloudStackVolumes(api, zones, tagging);
    this.networks = new CloudStackNetworks({ api, zones, machines, tagging });
    this.addresses = new CloudStackAddresses(api, machines, tagging);
    this.metrics = new CloudStackMetrics(machines, now);
  }

  async check(): Promise<void> {
    await this.places.list();
  }

  async regions(): Promise<readonly string[]> {
    return await this.places.list();
  }

  /** A zone of CloudStack's is a region here, and has none. */
  async zones(region: string): Promise<readonly string[]> {
    await this.places.id(region);
    return [region];
  }

  async sizes(region: string): Promise<readonly Size[]> {
    return await this.offerings.sizes(region);
  }

  /** Limits are an account's, over all zones; a limit that there is not is called `Unlimited` (listAccounts). */
  async quotas(region: string): Promise<readonly QuotaLeft[]> {
    const [account] = await this.api.list({ command: 'listAccounts', scope: region }, 'account');
    const left = (of: QuotaLeft['of'], name: string, unit = 1): readonly QuotaLeft[] => {
      const available = number(account, name);
      return available === undefined ? [] : [{ of, left: Math.max(0, available) / unit }];
    };
    return [...left('machines', 'vmavailable'), ...left('cores', 'cpuavailable'), ...left('memory', 'memoryavailable', 1_024)];
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.profile.ownImages, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const own = this.profile.ownImages[name];
    if (own !== undefined && uuid.test(own)) return own;
    const templates = await this.executable(region);
    return imageAmong(templates, this.profile.ownImages, { name, architecture, region });
  }

  /** Tags are given afterwards: where that fails for good the machine is taken back. */
  async create(order: MachineOrder, token: string): Promise<Instance> {
    const { region } = order;
    const { vendorId, job } = await this.deploy(order, token);
    try {
      await this.tagging.add(region, { type: 'UserVm', id: vendorId }, { ...order.tags, [deployJobTag]: job });
    } catch (error) {
      if (!asVendorError(error).passing) await this.delete(region, vendorId);
      throw error;
    }
    return { vendorId, state: 'building', address: null, zone: order.zone, fault: null };
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    return await this.machines.labelled(region, token);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    return await this.machines.get(region, vendorId);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    return await this.machines.of(region, installation);
  }

  /** Its root disk goes with it. Expunging it at once is for administrators, unless the operator allows it to all: it is not asked for. */
  async delete(region: string, vendorId: string): Promise<void> {
    const machine = await this.machines.require(region, vendorId);
    if (['Destroyed', 'Expunging'].includes(text(machine, 'state') ?? '')) return;
    await this.volumes.release(region, vendorId);
    await this.api.begin({ command: 'destroyVirtualMachine', params: { id: vendorId }, scope: region });
  }

  close(): void {
    this.http.close();
  }

  private async deploy(order: MachineOrder, token: string): Promise<{ readonly vendorId: string; readonly job: string }> {
    const { region, userData } = order;
    const [zoneid, serviceofferingid, templateid, networkids, keypair] = await Promise.all([
      this.places.id(region),
      this.offerings.id(region, order.size),
      this.templates.id(region, order.image),
      this.networkId(region),
      order.sshKey === undefined ? undefined : this.keyPairs.name(region, order.sshKey),
    ]);
    const params = {
      name: machineLabel(order.name, order.tags[installationTag] ?? '', token),
      displayname: order.name,
      zoneid,
      serviceofferingid,
      templateid,
      networkids,
      keypair,
      userdata: userData === undefined ? undefined : Buffer.from(userData).toString('base64'),
    };
    try {
      const { id, job } = await this.api.begin({ command: 'deployVirtualMachine', params, scope: region });
      if (id === undefined) throw malformed('deployVirtualMachine was answered without an id');
      return { vendorId: id, job };
    } catch (error) {
      this.offerings.forget(region);
      throw error;
    }
  }

  private async executable(region: string): Promise<Parameters<typeof imageAmong>[0]> {
    const params = { templatefilter: 'executable', zoneid: await this.places.id(region) };
    const templates = await this.api.list({ command: 'listTemplates', params, scope: region }, 'template');
    return templates.flatMap((template) => listedImage(template));
  }

  /** In a basic zone, and where the account names none, CloudStack chooses. */
  private async networkId(region: string): Promise<string | undefined> {
    const { network } = this.profile;
    if (network === undefined || uuid.test(network)) return network;
    const params = { zoneid: await this.places.id(region), keyword: network };
    const networks = await this.api.list({ command: 'listNetworks', params, scope: region }, 'network');
    const id = text(
      networks.find((candidate) => text(candidate, 'name') === network),
      'id',
    );
    if (id === undefined)
      throw new VendorError('not-found', `${region} has no network '${network}'; correct 'network' of the account`);
    return id;
  }
}

/** Those that are not ready cannot be deployed yet. */
function listedImage(template: Json): Parameters<typeof imageAmong>[0] {
  const [id, name] = [text(template, 'id'), text(template, 'name')];
  if (id === undefined || name === undefined || field(template, 'isready') === false) return [];
  const architecture = text(template, 'arch');
  return [{ id, name, created: text(template, 'created'), ...(architecture === undefined ? {} : { architecture }) }];
}
