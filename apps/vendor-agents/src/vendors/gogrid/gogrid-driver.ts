import { setTimeout as passed } from 'node:timers/promises';
import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
import { type Json, text } from '../../vendor/json.js';
import { installationMark, machineLabel } from '../../vendor/machine-label.js';
import {
  type Fault,
  type Instance,
  installationTag,
  type MachineOrder,
  type QuotaLeft,
  type Size,
  type TaggedInstance,
  type VendorDriver,
} from '../../vendor/port.js';
import { asVendorError, VendorError } from '../../vendor/vendor-error.js';
import { type GoGridAccess, GoGridApi } from './gogrid-api.js';
import { GoGridOperations } from './gogrid-operations.js';
import { GoGridServers, isKnown, type KnownServer } from './gogrid-servers.js';
import { imagesOf, instanceOf, is32bit, regionOf, type Server } from './mapping.js';
import { ramNamed, sizes } from './sizes.js';

export interface GoGridAccount extends GoGridAccess {
  /** The account's own images, id or name, by portable name. */
  readonly images: Readonly<Record<string, string>>;
}

/** `name` of grid.server.add. */
const longestName = 20;
const addAttempts = 3;
/** GoGrid tells the id of a machine that it makes only in its lists, and only some time later, ms. */
const idAfterMs = [200, 300, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000];

/**
 * GoGrid knows no tags and no tokens, and its names are too short for a label: a machine's description has it. The API shows it from the
 * moment a server is added, before there is an id.
 */
export class GoGridDriver implements VendorDriver {
  readonly operations: GoGridOperations;
  private readonly api: GoGridApi;
  private readonly servers: GoGridServers;

  constructor(
    private readonly account: GoGridAccount,
    private readonly http: VendorHttp,
    now: () => number,
  ) {
    this.api = new GoGridApi(http, account, now);
    this.servers = new GoGridServers(this.api);
    this.operations = new GoGridOperations(this.servers);
  }

  async check(): Promise<void> {
    await this.datacenters();
  }

  async regions(): Promise<readonly string[]> {
    return (await this.datacenters()).map((name) => name.toLowerCase());
  }

  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  /** Those of our list whose memory GoGrid offers. */
  async sizes(region: string): Promise<readonly Size[]> {
    const offered = new Set((await this.lookup('server.ram', region)).map((option) => text(option, 'name')));
    return sizes.filter(({ name }) => offered.has(name));
  }

  quotas(): Promise<readonly QuotaLeft[]> {
    return Promise.resolve([]);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.account.images, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const { images } = this.account;
    const datacenter = (await this.datacenters()).find((known) => known.toLowerCase() === region);
    if (datacenter === undefined) throw new VendorError('not-found', `GoGrid has no datacenter ${region}`);
    const listed = (await this.api.all('grid/image/list', { datacenter }, region)).filter((image) => !is32bit(image));
    return imageAmong(listed.flatMap(imagesOf), images, { name, architecture, region });
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    for (let attempt = 1; ; attempt += 1) {
      const server = await this.servers.of(order.region, token);
      if (!server && (await this.add(order, token, attempt)) === 'address taken') continue;
      return await this.identified(order.region, token, server);
    }
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const server = await this.servers.of(region, token);
    if (!server) return undefined;
    if (!isKnown(server)) throw withoutId(token);
    return await this.shown(region, server);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const server = await this.servers.get(region, vendorId);
    return server && (await this.shown(region, server));
  }

  /** A machine without an id can be neither named nor deleted: it is listed as soon as it has one. */
  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    const servers = (await this.servers.in(region)).filter(isKnown).filter(({ label }) => label?.mark === mark);
    const faults = await this.faultsOf(region, servers);
    return servers.map((server) => {
      const placement = server.label?.placement ?? '';
      return { ...instanceOf(server.id, server, faults.get(placement)), placement };
    });
  }

  async delete(region: string, vendorId: string): Promise<void> {
    await this.servers.change('delete', region, vendorId);
  }

  close(): void {
    this.http.close();
  }

  private async shown(region: string, server: KnownServer): Promise<Instance> {
    const faults = await this.faultsOf(region, [server]);
    return instanceOf(server.id, server, faults.get(server.label?.placement ?? ''));
  }

  /** Only what is switched off may have failed. */
  private async faultsOf(region: string, servers: readonly Server[]): Promise<ReadonlyMap<string, Fault>> {
    if (!servers.some(({ state }) => state === 'inactive')) return new Map();
    const faults = await this.servers.failedCreations(region);
    const off = new Set(servers.filter(({ state }) => state === 'inactive').map(({ label }) => label?.placement));
    return new Map([...faults].filter(([placement]) => off.has(placement)));
  }

  /** A server is added to one of the account's free addresses, which another may take at the same time. */
  private async add(order: MachineOrder, token: string, attempt: number): Promise<'added' | 'address taken'> {
    const { name, region, size, image, tags } = order;
    const free = await this.freeAddresses(region);
    const ip = free[Number.parseInt(token.slice(0, 8), 16) % free.length];
    if (ip === undefined)
      throw new VendorError('quota', `the account has no free public address in ${region}; GoGrid gives out more on request`);
    const description = machineLabel(name, tags[installationTag] ?? '', token);
    const wish = { name: name.slice(0, longestName), image, 'server.ram': ramNamed(size), ip, description };
    try {
      await this.api.change('grid/server/add', wish, region);
      return 'added';
    } catch (error) {
      const isRace = ['invalid-request', 'conflict'].includes(asVendorError(error).reason) && attempt < addAttempts;
      if (!isRace || (await this.freeAddresses(region)).includes(ip)) throw error;
      return 'address taken';
    }
  }

  private async freeAddresses(region: string): Promise<readonly string[]> {
    const addresses = await this.api.all('grid/ip/list', { 'ip.type': 'Public', 'ip.state': 'Unassigned' }, region);
    return addresses.filter((address) => regionOf(address) === region).flatMap((address) => text(address, 'ip') ?? []);
  }

  private async identified(region: string, token: string, server: Server | undefined): Promise<Instance> {
    let seen = server ?? (await this.servers.of(region, token));
    for (const ms of idAfterMs) {
      if (seen && isKnown(seen)) break;
      await passed(ms);
      seen = await this.servers.of(region, token);
    }
    if (seen && isKnown(seen)) return await this.shown(region, seen);
    throw withoutId(token);
  }

  private async datacenters(): Promise<readonly string[]> {
    return (await this.lookup('ip.datacenter', 'account')).flatMap((option) => text(option, 'name') ?? []);
  }

  private async lookup(what: string, scope: string): Promise<readonly Json[]> {
    return await this.api.all('common/lookup/list', { lookup: what }, scope);
  }
}

/** What was asked for is there, and cannot be named yet. */
const withoutId = (token: string): VendorError =>
  new VendorError('timeout', `GoGrid has given the machine of ${token} no id yet`, { underWay: true });
