import { createHash } from 'node:crypto';
import type { VendorHttp } from '../../vendor/http.js';
import { mapsImageName } from '../../vendor/image-names.js';
import {
  type Instance,
  installationTag,
  type MachineOrder,
  type QuotaLeft,
  type Size,
  type TaggedInstance,
  type VendorDriver,
} from '../../vendor/port.js';
import { asVendorError, VendorError } from '../../vendor/vendor-error.js';
import { mappedImage, newestImage } from './images.js';
import { field, type Json, list, text } from '../../vendor/json.js';
import { Keystone, type LogIn } from './keystone.js';
import { NovaDiagnostics } from './diagnostics.js';
import { NovaAddresses } from './floating-addresses.js';
import { instanceOf, openZones, quotasLeft, sizeOf, taggedInstanceOf } from './mapping.js';
import { NovaNetworks } from './networks.js';
import { type NovaAbilities, NovaOperations } from './operations.js';
import { Services, services } from './services.js';
import { NovaVolumes, type VolumeDialect } from './volumes.js';

/** What differs between the clouds that run OpenStack. */
export interface NovaProfile {
  readonly identity: (http: VendorHttp, now: () => number) => LogIn;
  /** Whether machines are put into availability zones; else each region is one of its own. */
  readonly zones: boolean;
  /** Whether machines get networks of the account's own, and floating IPs, by Neutron. */
  readonly neutron: boolean;
  /** Whether the account may be shown what Nova measures. */
  readonly diagnostics: boolean;
  readonly operations: NovaAbilities;
  readonly volumes: VolumeDialect;
  /** User data reach a machine on a drive of its own: the cloud has no metadata service. */
  readonly configDrive: boolean;
  /** What is so for every size, whatever the flavors say; undefined for one that is not to be had. */
  readonly size: (size: Size, flavor: Json) => Size | undefined;
  /** The account's own images, id or name, by portable name. */
  readonly ownImages: Readonly<Record<string, string>>;
  /** Name or id of the network that machines join; without it the cloud chooses. */
  readonly network: string | undefined;
}

interface Flavors {
  readonly ids: ReadonlyMap<string, string>;
  readonly sizes: readonly Size[];
}

/** Flavors carry their extra specs from this microversion on. */
const extraSpecsVersion = '2.61';
const uuid = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** Keystone, Nova v2 and v2.1, Glance v2. Nova has no client token: the server's name ends in ours, and is looked up before a second create. */
export class NovaDriver implements VendorDriver {
  readonly operations: NovaOperations;
  readonly volumes: NovaVolumes;
  readonly networks?: NovaNetworks;
  readonly addresses?: NovaAddresses;
  readonly metrics?: NovaDiagnostics;
  private readonly keystone: Keystone;
  private readonly cloud: Services;
  /** Flavor ids by region and name, as last listed. */
  private readonly flavors = new Map<string, ReadonlyMap<string, string>>();
  /** Ids of the account's network by region, as last looked up. */
  private readonly networkIds = new Map<string, string>();

  constructor(
    private readonly profile: NovaProfile,
    private readonly http: VendorHttp,
    now: () => number,
  ) {
    this.keystone = new Keystone(profile.identity(http, now), now);
    this.cloud = new Services(this.keystone, http);
    this.operations = new NovaOperations(this.cloud, (region, name) => this.flavorId(region, name), profile.operations);
    this.volumes = new NovaVolumes(this.cloud, profile.volumes);
    if (profile.diagnostics) this.metrics = new NovaDiagnostics(this.cloud, now);
    if (!profile.neutron) return;
    this.networks = new NovaNetworks(this.cloud);
    this.addresses = new NovaAddresses(this.cloud);
  }

  async check(): Promise<void> {
    await this.keystone.current();
  }

  async regions(): Promise<readonly string[]> {
    return Keystone.regions(await this.keystone.current());
  }

  async zones(region: string): Promise<readonly string[]> {
    if (!this.profile.zones) return [region];
    const zones = openZones(await this.cloud.call({ service: 'compute', region, method: 'GET', path: '/os-availability-zone' }));
    if (zones.length === 0) throw new VendorError('unavailable', `${region} has no zone that takes machines now`);
    return zones;
  }

  async sizes(region: string): Promise<readonly Size[]> {
    const { ids, sizes } = await this.listFlavors(region);
    this.flavors.set(region, ids);
    return sizes;
  }

  async quotas(region: string): Promise<readonly QuotaLeft[]> {
    return quotasLeft(await this.cloud.call({ service: 'compute', region, method: 'GET', path: '/limits' }));
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.profile.ownImages, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const wanted = { name, architecture: architecture ?? 'x64', region };
    const own = this.profile.ownImages[name];
    if (own === undefined) return await newestImage(this.cloud, wanted);
    return uuid.test(own) ? own : await mappedImage(this.cloud, own, wanted);
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const [flavorRef, network, keyName] = await Promise.all([
      this.flavorId(order.region, order.size),
      this.networkId(order.region),
      order.sshKey === undefined ? undefined : this.importKey(order.region, order.sshKey),
    ]);
    const server = {
      name: `${order.name}-${token}`,
      imageRef: order.image,
      flavorRef,
      ...(this.profile.zones ? { availability_zone: order.zone } : {}),
      metadata: order.tags,
      ...(network === undefined ? {} : { networks: [{ uuid: network }] }),
      ...(keyName === undefined ? {} : { key_name: keyName }),
      ...this.userDataOf(order),
    };
    const answer = await this.order(order.region, server);
    const vendorId = text(answer, 'server', 'id');
    if (vendorId === undefined) throw new VendorError('unknown', 'Nova took the server and gave no id', { code: 'malformed' });
    return { vendorId, state: 'building', address: null, zone: order.zone, fault: null };
  }

  /** Nova's `name` filter is a pattern that may match anywhere: what it finds is compared again. */
  async find(region: string, token: string): Promise<Instance | undefined> {
    const servers = await this.servers(region, `name=${encodeURIComponent(token)}&`);
    const [server] = servers.filter((candidate) => text(candidate, 'name')?.endsWith(`-${token}`));
    return server === undefined ? undefined : instanceOf(server, this.profile.network);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    try {
      const answer = await this.cloud.call({
        service: 'compute',
        region,
        method: 'GET',
        path: `/servers/${encodeURIComponent(vendorId)}`,
      });
      const instance = instanceOf(field(answer, 'server') ?? null, this.profile.network);
      if (!instance)
        throw new VendorError('unknown', `the answer does not describe the server ${vendorId}`, { code: 'malformed' });
      return instance;
    } catch (error) {
      if (asVendorError(error).reason === 'not-found') return undefined;
      throw error;
    }
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const servers = await this.servers(region, '');
    return servers
      .filter((server) => text(server, 'metadata', installationTag) === installation)
      .flatMap((server) => taggedInstanceOf(server, this.profile.network) ?? [])
      .filter((instance) => instance.state !== 'gone');
  }

  async delete(region: string, vendorId: string): Promise<void> {
    await this.cloud.call({ service: 'compute', region, method: 'DELETE', path: `/servers/${encodeURIComponent(vendorId)}` });
  }

  close(): void {
    this.http.close();
  }

  private userDataOf({ userData }: MachineOrder): object {
    if (userData === undefined) return {};
    const encoded = { user_data: Buffer.from(userData).toString('base64') };
    return this.profile.configDrive ? { ...encoded, config_drive: true } : encoded;
  }

  /** What was remembered may be the reason for a refusal: the next create looks it up again. */
  private async order(region: string, server: object): Promise<Json> {
    try {
      return await this.cloud.call({ service: 'compute', region, method: 'POST', path: '/servers', body: { server } });
    } catch (error) {
      this.flavors.delete(region);
      this.networkIds.delete(region);
      throw error;
    }
  }

  private async servers(region: string, filter: string): Promise<Json[]> {
    const call = { service: 'compute', region, method: 'GET', path: `/servers/detail?${filter}limit=1000` } as const;
    const servers: Json[] = [];
    for await (const page of this.cloud.pages(call, 'servers')) servers.push(...page);
    return servers;
  }

  /** A cloud too old for extra specs in the list answers 406 (Compute API guide, "Microversions"). */
  private async listFlavors(region: string): Promise<Flavors> {
    try {
      return await this.flavorPages(region, extraSpecsVersion);
    } catch (error) {
      if (asVendorError(error).reason !== 'invalid-request') throw error;
      return await this.flavorPages(region, undefined);
    }
  }

  /** Each page is let go of before the next one: the largest clouds describe their flavors in tens of megabytes. */
  private async flavorPages(region: string, microversion: string | undefined): Promise<Flavors> {
    const flavors = { ids: new Map<string, string>(), sizes: new Array<Size>() };
    const call = { service: 'compute', region, method: 'GET', path: '/flavors/detail?limit=1000' } as const;
    for await (const page of this.cloud.pages(microversion === undefined ? call : { ...call, microversion }, 'flavors')) {
      for (const flavor of page) {
        flavors.ids.set(text(flavor, 'name') ?? '', text(flavor, 'id') ?? '');
        const told = sizeOf(flavor);
        const size = told && this.profile.size(told, flavor);
        if (size) flavors.sizes.push(size);
      }
    }
    return flavors;
  }

  /** @throws VendorError not-found when the region has no flavor of that name. */
  private async flavorId(region: string, name: string): Promise<string> {
    if (!this.flavors.get(region)?.has(name)) await this.sizes(region);
    const id = this.flavors.get(region)?.get(name);
    if (!id) throw new VendorError('not-found', `${region} has no flavor '${name}' any more`);
    return id;
  }

  /** A cloud without Neutron in its catalog gets no choice: it has one network for the project. */
  private async networkId(region: string): Promise<string | undefined> {
    const { network } = this.profile;
    if (network === undefined || uuid.test(network)) return network;
    const known = this.networkIds.get(region);
    if (known !== undefined) return known;
    const session = await this.keystone.current();
    if (!Keystone.has(session, services.network, region)) return undefined;
    const answer = await this.cloud.call({
      service: 'network',
      region,
      method: 'GET',
      path: `/v2.0/networks?name=${encodeURIComponent(network)}`,
    });
    const [found] = list(answer, 'networks');
    const id = text(found, 'id');
    if (id === undefined)
      throw new VendorError('not-found', `${region} has no network '${network}'; correct 'network' of the account`);
    this.networkIds.set(region, id);
    return id;
  }

  private async importKey(region: string, key: string): Promise<string> {
    const name = `agency-${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
    try {
      await this.cloud.call({
        service: 'compute',
        region,
        method: 'POST',
        path: '/os-keypairs',
        body: { keypair: { name, public_key: key } },
      });
    } catch (error) {
      if (asVendorError(error).reason !== 'conflict') throw error;
    }
    return name;
  }
}
