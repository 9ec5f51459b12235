import { randomBytes } from 'node:crypto';
import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
import { type Json, list, requiredList, text } from '../../vendor/json.js';
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
import { malformed } from '../../vendor/refusal.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { list as elements, text as textIn } from '../../vendor/xml.js';
import { idOf, instanceOf, isBusy, isStarted, limitsOf, servableSize, sizesWithin } from './mapping.js';
import { type OpsourceAccount, OpsourceApi } from './opsource-api.js';
import { OpsourceOperations } from './opsource-operations.js';

export interface OpsourceProfile extends OpsourceAccount {
  readonly ownImages: Readonly<Record<string, string>>;
  /** Id or name of the network that servers join; the first of their data centre without it. */
  readonly network: string | undefined;
}

/** Of a server's name (CloudControl 2.x, Deploy Server). */
const longestName = 75;

/**
 * A data centre is a region without zones. There is no client token: the name of a server ends in ours (`machineLabel`), and is looked up
 * before a second create.
 */
export class OpsourceDriver implements VendorDriver {
  readonly operations: OpsourceOperations;
  private readonly api: OpsourceApi;

  constructor(
    private readonly profile: OpsourceProfile,
    http: VendorHttp,
  ) {
    this.api = new OpsourceApi(http, profile);
    this.operations = new OpsourceOperations(this.api);
  }

  async check(): Promise<void> {
    await this.api.myAccount();
  }

  async regions(): Promise<readonly string[]> {
    const datacenters = requiredList(await this.api.get('account', '/infrastructure/datacenter'), 'datacenter');
    return datacenters.flatMap((datacenter) => (text(datacenter, 'type') === 'MCP 2.0' ? [] : (text(datacenter, 'id') ?? [])));
  }

  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  async sizes(region: string): Promise<readonly Size[]> {
    const path = `/infrastructure/datacenter?id=${encodeURIComponent(region)}`;
    const datacenters = requiredList(await this.api.get(region, path), 'datacenter');
    return sizesWithin(limitsOf(datacenters.find((datacenter) => text(datacenter, 'id') === region)));
  }

  quotas(): Promise<readonly QuotaLeft[]> {
    return Promise.resolve([]);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.profile.ownImages, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const wanted = { name, architecture, region };
    if (!this.mapsImage(name)) return imageAmong([], this.profile.ownImages, wanted);
    const images = (await this.api.all(region, '/image/osImage', 'osImage')).flatMap((image) => {
      const id = text(image, 'id');
      return id === undefined ? [] : [{ id, name: text(image, 'name') ?? '', created: text(image, 'createTime') }];
    });
    return imageAmong(images, this.profile.ownImages, wanted);
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const { cores, memory } = servableSize(order.size);
    const answer = await this.api.ask(order.region, 'deployServer', {
      name: machineLabel(order.name, order.tags[installationTag] ?? '', token, longestName),
      description: order.name,
      imageId: order.image,
      start: true,
      administratorPassword: anyPassword(),
      cpu: { count: cores, coresPerSocket: 1, speed: 'STANDARD' },
      memoryGb: memory,
      network: { networkId: await this.networkIn(order.region) },
    });
    const told = list(answer, 'info').find((info) => text(info, 'name') === 'serverId');
    const vendorId = text(told, 'value');
    if (vendorId === undefined) throw malformed('the answer does not tell the id of the server');
    return { vendorId, state: 'building', address: null, zone: order.region, fault: null };
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const server = (await this.servers(region)).find((candidate) => labelOf(candidate)?.placement === token);
    return server === undefined ? undefined : instanceOf(server);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const server = await unlessGone(this.server(region, vendorId));
    return server === undefined ? undefined : instanceOf(server);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    return (await this.servers(region)).flatMap((server) => {
      const label = labelOf(server);
      return label?.mark === mark ? [{ ...instanceOf(server), placement: label.placement }] : [];
    });
  }

  /** One step at a time: a server that runs is powered off, one that is off is deleted, one that could not be deployed is cleaned away. */
  async delete(region: string, vendorId: string): Promise<void> {
    const server = await this.server(region, vendorId);
    if (isBusy(server)) throw new VendorError('conflict', `${vendorId} is busy`, { code: 'RESOURCE_BUSY', underWay: true });
    const rest = isStarted(server) ? 'powerOffServer' : 'deleteServer';
    await this.api.ask(region, text(server, 'state') === 'FAILED_ADD' ? 'cleanServer' : rest, { id: vendorId });
  }

  close(): void {
    this.api.close();
  }

  private async server(region: string, vendorId: string): Promise<Json> {
    const server = await this.api.get(region, `/server/server/${encodeURIComponent(vendorId)}`);
    idOf(server);
    return server;
  }

  private async servers(region: string): Promise<readonly Json[]> {
    return await this.api.all(region, '/server/server', 'server');
  }

  private async networkIn(region: string): Promise<string> {
    const { network: wanted } = this.profile;
    const networks = elements(await this.api.get9(region, 'NetworkWithLocations', '/networkWithLocation'), [], 'network');
    const here = networks.filter((network) => textIn(network, 'location') === region);
    const found =
      wanted === undefined ? here : here.filter((each) => [textIn(each, 'id'), textIn(each, 'name')].includes(wanted));
    const [id] = found.flatMap((network) => textIn(network, 'id') ?? []);
    if (id !== undefined) return id;
    throw new VendorError(
      'invalid-request',
      wanted === undefined
        ? `the account has no network in ${region}: make one there`
        : `the account has no network '${wanted}' in ${region}; correct 'network' of the account`,
    );
  }
}

/** Of letters of both cases, digits and signs, as the cloud asks for. */
const anyPassword = (): string => `Aa1-${randomBytes(18).toString('base64url')}`;

const labelOf = (server: Json) => readMachineLabel(text(server, 'name') ?? '');
