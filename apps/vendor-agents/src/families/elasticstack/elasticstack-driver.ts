import { randomBytes } from 'node:crypto';
import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
import {
  type Fault,
  type Instance,
  type MachineOrder,
  placementTag,
  type QuotaLeft,
  type Size,
  type TaggedInstance,
  type VendorDriver,
  type VolumeDriver,
} from '../../vendor/port.js';
import { volumeTag } from '../../vendor/tags.js';
import { asVendorError, type VendorError } from '../../vendor/vendor-error.js';
import { type ElasticStackAccess, ElasticStackApi } from './elasticstack-api.js';
import { ElasticStackOperations } from './elasticstack-operations.js';
import { elasticStackVolumes } from './elasticstack-volumes.js';
import { Inventory, isBusy } from './inventory.js';
import { asUserData, type Drive, installationOf, instanceOf, placementOf, type Server } from './mapping.js';
import { type Plan, planKey, readPlan, writtenPlan } from './plan.js';
import { Progress } from './progress.js';
import { allSizes, resourcesOf } from './sizes.js';

export interface ElasticStackAccount extends ElasticStackAccess {
  readonly regions: readonly string[];
  /** The account's own images by portable name: the UUID of a drive, or the name of one of its own. */
  readonly images: Readonly<Record<string, string>>;
}

const bootDevice = 'ide:0:0';

/**
 * ElasticStack. A machine is a server and the drive that it boots from. Both carry the machine's tags as user data, so that a create that is
 * asked again goes on from what there is. The server is made stopped, with the plan to write the image to its drive and then to start it:
 * so it has its id at once, and what is refused is refused before an image keeps the drive busy.
 */
export class ElasticStackDriver implements VendorDriver {
  readonly operations: ElasticStackOperations;
  readonly volumes: VolumeDriver;
  private readonly api: ElasticStackApi;
  private readonly inventory: Inventory;
  private readonly progress: Progress;

  constructor(
    private readonly account: ElasticStackAccount,
    http: VendorHttp,
  ) {
    this.api = new ElasticStackApi(http, account);
    this.inventory = new Inventory(this.api);
    this.progress = new Progress(this.inventory);
    this.operations = new ElasticStackOperations(this.inventory, this.progress);
    this.volumes = elasticStackVolumes(this.inventory, this.progress);
  }

  async check(): Promise<void> {
    await this.api.all(this.account.regions[0] ?? '', '/servers/list');
  }

  regions(): Promise<readonly string[]> {
    return Promise.resolve(this.account.regions);
  }

  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  /** Asks the region all the same: a cloud that does not answer has no sizes. */
  async sizes(region: string): Promise<readonly Size[]> {
    await this.api.all(region, '/servers/list');
    return allSizes;
  }

  quotas(): Promise<readonly QuotaLeft[]> {
    return Promise.resolve([]);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.account.images, name);
  }

  /** Of the operator's ready-made systems and of the account's own drives. */
  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const [ready, own] = await Promise.all([this.inventory.standardDrives(region), this.inventory.drives(region)]);
    const listed = [...ready, ...own.filter(({ user }) => user[placementTag] === undefined && user[volumeTag] === undefined)];
    return imageAmong(listed, this.account.images, { name, architecture, region });
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const { region } = order;
    try {
      const server = (await this.inventory.serverFor(region, token)) ?? (await this.made(order, token));
      return instanceOf(await this.progress.advance(region, server), region);
    } catch (error) {
      if (!asVendorError(error).passing) await this.removed(region, token);
      throw error;
    }
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const server = await this.inventory.serverFor(region, token);
    return server && instanceOf(server, region);
  }

  /** Goes on with what is planned for it. */
  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const server = await this.inventory.server(region, vendorId);
    if (!server) return undefined;
    try {
      return instanceOf(await this.progress.advance(region, server), region);
    } catch (error) {
      return instanceOf(server, region, faultOf(server, asVendorError(error)));
    }
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    return (await this.inventory.servers(region))
      .filter((server) => installationOf(server) === installation)
      .flatMap((server) => {
        const placement = placementOf(server);
        return placement === undefined ? [] : [{ ...instanceOf(server, region), placement }];
      });
  }

  /**
   * What runs is stopped first. Only a drive that no server has can be destroyed, and only the server says which was its own: it lets go of
   * it while it is stopped, and is destroyed last. One that has fallen lets nothing be set, and goes first.
   */
  async delete(region: string, vendorId: string): Promise<void> {
    const server = await this.inventory.required(region, vendorId);
    if (server.status === 'active' || server.status === 'paused') {
      if (readPlan(server.user)) await this.inventory.plan(region, server, undefined);
      await this.inventory.act(region, vendorId, 'stop');
      return;
    }
    const own = await this.drivesFor(region, placementOf(server));
    if (server.status === 'stopped') {
      await this.inventory.set(region, server, emptied(server));
      await this.removeDrives(region, own);
    }
    await this.inventory.act(region, vendorId, 'destroy');
    if (server.status !== 'stopped') await this.removeDrives(region, own);
  }

  close(): void {
    this.api.close();
  }

  private async made(order: MachineOrder, token: string): Promise<Server> {
    const { region, name, image, tags } = order;
    const resources = resourcesOf(order.size);
    const isOwn = (await this.inventory.drives(region)).some(({ id }) => id === image);
    const user = { ...tags, [placementTag]: token };
    const [known] = await this.drivesFor(region, token);
    const drive = known ?? (await this.inventory.makeDrive(region, name, resources.disk, user));
    const plan: Plan = { image: { source: image, isPacked: !isOwn }, start: true, fresh: true, since: null };
    return await this.inventory.makeServer(region, {
      name,
      cpu: resources.cpu,
      mem: resources.mem,
      smp: 'auto',
      persistent: 'true',
      [bootDevice]: drive.id,
      boot: bootDevice,
      'nic:0:model': 'e1000',
      'nic:0:dhcp': 'auto',
      'vnc:ip': 'auto',
      // Eight characters at most; the account's owner reads it where the server is shown.
      'vnc:password': randomBytes(4).toString('hex'),
      ...asUserData({ ...user, [planKey]: writtenPlan(plan) }),
    });
  }

  /** What a create that failed for good has left. */
  private async removed(region: string, token: string): Promise<void> {
    const server = await this.inventory.serverFor(region, token);
    const own = await this.drivesFor(region, token);
    if (server) await this.inventory.act(region, server.id, 'destroy');
    await this.removeDrives(region, own);
  }

  private async removeDrives(region: string, drives: readonly Drive[]): Promise<void> {
    for (const { id } of drives) await this.inventory.removeDrive(region, id);
  }

  private async drivesFor(region: string, placement: string | undefined): Promise<readonly Drive[]> {
    if (placement === undefined) return [];
    return (await this.inventory.drives(region)).filter(
      ({ user }) => user[placementTag] === placement && user[volumeTag] === undefined,
    );
  }
}

/** Without drives, and without a plan. */
const emptied = ({ mounts }: Server): Readonly<Record<string, string>> => ({
  boot: '',
  ...Object.fromEntries(mounts.map(({ device }) => [device, ''])),
  ...asUserData({ [planKey]: writtenPlan(undefined) }),
});

/** Why a server that has never run will not: what passes is thrown on, and what is busy only takes its time. */
function faultOf({ user }: Server, refusal: VendorError): Fault | null {
  if (isBusy(refusal)) return null;
  const { reason, passing, vendorCode, message } = refusal;
  if (passing || !readPlan(user)?.fresh) throw refusal;
  const known = reason === 'quota' || reason === 'no-capacity' ? reason : 'boot-failed';
  return { reason: known, code: vendorCode, message };
}
