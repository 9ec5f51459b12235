import { randomBytes } from 'node:crypto';
import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, type ListedImage, mapsImageName } from '../../vendor/image-names.js';
import { type Json, list, text } from '../../vendor/json.js';
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
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { Datacenters } from './datacenters.js';
import { Disks } from './disks.js';
import { type GandiAccess, GandiApi, numberOf } from './gandi-api.js';
import { GandiOperations } from './gandi-operations.js';
import { GandiVolumes } from './gandi-volumes.js';
import { bootFault, instanceOf, isFor, taggedInstanceOf } from './machines.js';
import { mib, resourcesOf, sizes } from './sizes.js';
import { operationsOn } from './work.js';

export interface GandiAccount extends GandiAccess {
  /** The account's own images by portable name: the label of an image, or the number of a disk. */
  readonly images: Readonly<Record<string, string>>;
}

/** Of the first interface, kbit/s (gandi.cli, `vm create`). */
const bandwidth = 102_400;

/** A machine is found again by its host name, which tells the installation and the placement it is for: Gandi has no tags. */
export class GandiDriver implements VendorDriver {
  readonly operations: GandiOperations;
  readonly volumes: GandiVolumes;
  private readonly api: GandiApi;
  private readonly datacenters: Datacenters;

  constructor(
    private readonly account: GandiAccount,
    http: VendorHttp,
  ) {
    this.api = new GandiApi(http, account);
    this.datacenters = new Datacenters(this.api);
    const disks = new Disks(this.api, this.datacenters);
    this.operations = new GandiOperations(this.api, disks);
    this.volumes = new GandiVolumes(this.api, this.datacenters, disks);
  }

  async check(): Promise<void> {
    await this.api.read('hosting.vm.count');
  }

  async regions(): Promise<readonly string[]> {
    return await this.datacenters.names();
  }

  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  /** Gandi has the same in all its data centres, and tells of it nowhere. */
  async sizes(region: string): Promise<readonly Size[]> {
    return (await this.datacenters.names()).includes(region.toLowerCase()) ? sizes : [];
  }

  quotas(): Promise<readonly QuotaLeft[]> {
    return Promise.resolve([]);
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.account.images, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const images = await this.api.all('hosting.image.list', { datacenter_id: await this.datacenters.id(region) });
    return imageAmong(images.flatMap(listedImageOf), this.account.images, { name, architecture, region });
  }

  /** One call makes the disk, the interface and the machine, in three operations (hosting.vm.create_from). */
  async create(order: MachineOrder, token: string): Promise<Instance> {
    const { cores, memory, disk } = resourcesOf(order.size);
    const hostname = machineLabel(order.name, order.tags[installationTag] ?? '', token);
    const datacenter = { datacenter_id: await this.datacenters.id(order.region) };
    const operations = await this.api.do(
      'hosting.vm.create_from',
      { ...datacenter, hostname, memory: mib(memory), cores, ip_version: 4, bandwidth, ...loginOf(order) },
      { ...datacenter, name: hostname, size: mib(disk) },
      numberOf(order.image),
    );
    return { vendorId: machineIn(operations), state: 'building', address: null, zone: order.region, fault: null };
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const vm = (await this.machinesIn(region)).find((candidate) => isFor(candidate, token, 'hostname'));
    return vm === undefined ? undefined : instanceOf(vm, region);
  }

  /** A machine whose creation has failed stays `being_created`: its operation tells. */
  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const vm = await unlessGone(this.info(vendorId));
    if (vm === undefined) return undefined;
    const instance = instanceOf(vm, region);
    if (!['being_created', 'invalid'].includes(text(vm, 'state') ?? '')) return instance;
    const creation = (await operationsOn(this.api, { vm_id: numberOf(vendorId) })).find(({ type }) => type === 'vm_create');
    return creation?.failure === undefined ? instance : { ...instance, state: 'error', fault: bootFault(creation.failure) };
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    return (await this.machinesIn(region)).flatMap((vm) => taggedInstanceOf(vm, region, installation) ?? []);
  }

  /** Gandi deletes what is halted (Libcloud, gandi.py), with its system disk and its first interface: a machine that runs is stopped first. */
  async delete(region: string, vendorId: string): Promise<void> {
    const instance = await this.get(region, vendorId);
    if (!instance || instance.state === 'gone') throw new VendorError('not-found', `${region} has no machine ${vendorId}`);
    const id = numberOf(vendorId);
    const pending = (await operationsOn(this.api, { vm_id: id })).filter(({ isPending }) => isPending);
    if (pending.some(({ type }) => type === 'vm_delete' || type === 'vm_stop')) return;
    if (pending.length > 0)
      throw new VendorError('conflict', `Gandi works on the machine ${vendorId}: ${pending[0]?.type ?? ''}`, { underWay: true });
    await this.api.do(instance.state === 'active' ? 'hosting.vm.stop' : 'hosting.vm.delete', id);
  }

  close(): void {
    this.api.close();
  }

  private async info(vendorId: string): Promise<Json> {
    return await this.api.read('hosting.vm.info', numberOf(vendorId));
  }

  private async machinesIn(region: string): Promise<readonly Json[]> {
    return await this.api.all('hosting.vm.list', { datacenter_id: await this.datacenters.id(region) });
  }
}

/** Gandi takes no machine that nobody can log in to: one without a key gets a password that nobody knows. */
function loginOf({ sshKey }: MachineOrder): Record<string, string> {
  return sshKey === undefined ? { login: 'admin', password: `${randomBytes(18).toString('base64url')}aA1` } : { ssh_key: sshKey };
}

function machineIn(operations: Json): string {
  const id = list({ operations }, 'operations').flatMap((operation) => text(operation, 'vm_id') ?? [])[0];
  if (id === undefined) throw malformed('hosting.vm.create_from answered without a machine');
  return id;
}

/** Images are for one architecture of two, `x86-64` and `x86-32`; machines are made of their disk. */
function listedImageOf(image: Json): readonly ListedImage[] {
  const [id, name] = [text(image, 'disk_id'), text(image, 'label')];
  if (id === undefined || name === undefined || text(image, 'os_arch') === 'x86-32') return [];
  return [{ id, name, created: text(image, 'date_updated') }];
}
