import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
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
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { list, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';
import { type Chosen, chosenSize, type Image, imagesOf, type MachineTemplate, sizesOf, templatesOf } from './catalogue.js';
import { Clusters } from './clusters.js';
import { instanceOf, isDone, taggedInstanceOf, type ZoneOf } from './mapping.js';
import { OneMetrics } from './metrics.js';
import { OneNetworks } from './networks.js';
import { type OneAccount, OneRpc } from './one-rpc.js';
import { OneOperations } from './operations.js';
import { quotasLeft } from './quotas.js';
import { deletionWord, instantiating } from './release.js';
import { templateText } from './template-text.js';
import { OneVolumes } from './volumes.js';

export interface OneProfile extends OneAccount {
  /** What the account calls the cloud: one endpoint is one region. */
  readonly regions: readonly string[];
  readonly ownImages: Readonly<Record<string, string>>;
  /** Name or number of the network that machines join; without it those of the template. */
  readonly network: string | undefined;
  /** Name or number of the template that free sizes are made of. */
  readonly template: string | undefined;
  /** Name or number of the datastore for volumes. */
  readonly datastore: string | undefined;
  /** Attributes that the operator's network driver wants of a new network. */
  readonly networkAttributes: string | undefined;
}

/** Filter flags of the pools: everything that the user may use, and what is the user's own. */
const usable = -2;
const own = -3;
/** From the first to the last, in any state but DONE. */
const everything = [-1, -1] as const;
const anyState = -1;

/** NAME of a machine (oned takes 128 characters). */
const longestName = 128;

/**
 * OpenNebula's XML-RPC, releases 3.8 and later. There is no client token, and pools show no attributes of one's own since 5.8: the name of
 * the machine ends in ours (`machineLabel`), and is looked up before a second create.
 */
export class OpenNebulaDriver implements VendorDriver {
  readonly operations: OneOperations;
  readonly volumes: OneVolumes;
  readonly networks: OneNetworks;
  readonly metrics: OneMetrics;
  private readonly rpc: OneRpc;
  private readonly clusters: Clusters;

  constructor(
    private readonly profile: OneProfile,
    http: VendorHttp,
  ) {
    this.rpc = new OneRpc(http, profile);
    this.clusters = new Clusters(this.rpc);
    this.operations = new OneOperations(this.rpc, async (size) => await this.chosen(size));
    this.volumes = new OneVolumes(this.rpc, profile.datastore);
    this.networks = new OneNetworks(this.rpc, profile.networkAttributes);
    this.metrics = new OneMetrics(this.rpc);
  }

  /** one.system.version asks for no good password before 4.0; one.user.info always does. */
  async check(): Promise<void> {
    await this.rpc.document('USER', 'one.user.info', -1);
  }

  regions(): Promise<readonly string[]> {
    return Promise.resolve(this.profile.regions);
  }

  /** Clusters, where the operator lets the account see hosts. */
  async zones(region: string): Promise<readonly string[]> {
    const names = [...new Set((await this.clusters.all()).values())];
    return names.length === 0 ? [region] : names;
  }

  async sizes(): Promise<readonly Size[]> {
    const { templates } = await this.catalogue();
    return sizesOf(templates);
  }

  async quotas(): Promise<readonly QuotaLeft[]> {
    return quotasLeft(await this.rpc.document('USER', 'one.user.info', -1));
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.profile.ownImages, name);
  }

  async image(name: string, architecture: string | null, region: string): Promise<string> {
    if (!this.mapsImage(name)) return imageAmong([], this.profile.ownImages, { name, architecture, region });
    const images = (await this.images()).filter(({ isSystem }) => isSystem);
    return imageAmong(images, this.profile.ownImages, { name, architecture, region });
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const [{ templates, images }, release, cluster, network] = await Promise.all([
      this.catalogue(),
      this.rpc.release(),
      this.clusterCalled(order),
      this.networkId(),
    ]);
    const chosen = chosenSize(templates, order.size, this.profile.template);
    const image = images.find(({ id }) => id === order.image);
    if (!image) throw new VendorError('not-found', `the cloud has no image ${order.image} any more`);
    const name = machineLabel(order.name, order.tags[installationTag] ?? '', token, longestName);
    const extra = overrides(order, token, { chosen, image, cluster, network });
    const vendorId = await this.rpc.make(instantiating(release, chosen.template.id, name, extra));
    return { vendorId, state: 'building', address: null, zone: cluster === undefined ? null : order.zone, fault: null };
  }

  async find(_: string, token: string): Promise<Instance | undefined> {
    const vm = (await this.machines()).find((candidate) => labelOf(candidate)?.placement === token);
    return vm === undefined ? undefined : instanceOf(vm, await this.zoneOf(), this.profile.network);
  }

  async get(_: string, vendorId: string): Promise<Instance | undefined> {
    const vm = await this.machine(vendorId);
    return vm && instanceOf(vm, await this.zoneOf(), this.profile.network);
  }

  async list(_: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    const ours = (await this.machines()).filter((vm) => labelOf(vm)?.mark === mark && !isDone(vm));
    if (ours.length === 0) return [];
    const zoneOf = await this.zoneOf();
    return ours.flatMap((vm) => taggedInstanceOf(vm, zoneOf, this.profile.network) ?? []);
  }

  /** A machine that is DONE can be looked at for ever, and is in no state to be deleted. */
  async delete(_: string, vendorId: string): Promise<void> {
    const word = deletionWord(await this.rpc.release());
    try {
      await this.rpc.do({ method: 'one.vm.action', args: [word, numberOf(vendorId)] });
    } catch (error) {
      const refusal = asVendorError(error);
      const vm = refusal.reason === 'conflict' ? await this.machine(vendorId) : undefined;
      if (vm && isDone(vm)) throw new VendorError('not-found', `the machine ${vendorId} is done`);
      throw refusal;
    }
  }

  close(): void {
    this.rpc.close();
  }

  private async chosen(size: string): Promise<Chosen> {
    return chosenSize((await this.catalogue()).templates, size, this.profile.template);
  }

  private async catalogue(): Promise<{ readonly templates: readonly MachineTemplate[]; readonly images: readonly Image[] }> {
    const [pool, images] = await Promise.all([
      this.rpc.document('VMTEMPLATE_POOL', 'one.templatepool.info', usable, ...everything),
      this.images(),
    ]);
    return { templates: templatesOf(pool, images), images };
  }

  private async images(): Promise<readonly Image[]> {
    return imagesOf(await this.rpc.document('IMAGE_POOL', 'one.imagepool.info', usable, ...everything));
  }

  private async machines(): Promise<readonly XmlNode[]> {
    const pool = await this.rpc.document('VM_POOL', 'one.vmpool.info', own, ...everything, anyState);
    return list(pool, [], 'VM');
  }

  private async machine(vendorId: string): Promise<XmlElement | undefined> {
    if (!/^\d+$/.test(vendorId)) return undefined;
    return await unlessGone(this.rpc.document('VM', 'one.vm.info', Number(vendorId)));
  }

  private async zoneOf(): Promise<ZoneOf> {
    const clusters = await this.clusters.remembered();
    return (cluster) => clusters.get(cluster);
  }

  /** Undefined where the zone is the whole region. */
  private async clusterCalled({ region, zone }: MachineOrder): Promise<number | undefined> {
    const [cluster] = [...(await this.clusters.remembered())].filter(([, name]) => name === zone).map(([id]) => id);
    if (cluster === undefined && zone !== region) throw new VendorError('not-found', `the cloud has no cluster ${zone} any more`);
    return cluster;
  }

  private async networkId(): Promise<string | undefined> {
    const { network } = this.profile;
    if (network === undefined || /^\d+$/.test(network)) return network;
    const pool = await this.rpc.document('VNET_POOL', 'one.vnpool.info', usable, ...everything);
    const id = list(pool, [], 'VNET').find((entry) => text(entry, 'NAME') === network);
    if (id === undefined)
      throw new VendorError('not-found', `the cloud has no network '${network}'; correct 'network' of the account`);
    return text(id, 'ID');
  }
}

interface Parts {
  readonly chosen: Chosen;
  readonly image: Image;
  readonly cluster: number | undefined;
  readonly network: string | undefined;
}

/**
 * What is said in place of the template: whatever is said of a DISK, a NIC or the CONTEXT replaces all that the template says of it
 * (one.template.instantiate, note).
 */
function overrides(order: MachineOrder, token: string, { chosen, image, cluster, network }: Parts): string {
  const { template, cores, cpu, memory, disk, asTemplated } = chosen;
  const isLarger = disk !== null && disk > (image.size ?? 0);
  return templateText({
    ...(asTemplated ? {} : { CPU: cpu, VCPU: cores, MEMORY: Math.round(memory * 1024) }),
    DISK: { IMAGE_ID: image.id, SIZE: isLarger ? Math.round(disk * 1024) : undefined },
    NIC: network === undefined ? undefined : { NETWORK_ID: network },
    CONTEXT: contextFor(order, template),
    SCHED_REQUIREMENTS: requirementsFor(template.requirements, cluster),
    AGENCY_PLACEMENT: token,
    AGENCY_TAGS: new URLSearchParams(order.tags).toString(),
  });
}

/** Read by one-context and by cloud-init's OpenNebula datasource. Keys have no quotes to escape. */
const contextFor = ({ sshKey, userData }: MachineOrder, { context }: MachineTemplate): Readonly<Record<string, string>> => ({
  NETWORK: 'YES',
  ...context,
  ...(sshKey === undefined ? {} : { SSH_PUBLIC_KEY: sshKey.replaceAll('"', '') }),
  ...(userData === undefined ? {} : { USERDATA: Buffer.from(userData).toString('base64'), USERDATA_ENCODING: 'base64' }),
});

/** Virtual Machine Template reference, Placement. */
function requirementsFor(own: string | undefined, cluster: number | undefined): string | undefined {
  if (cluster === undefined) return own;
  return own === undefined ? `CLUSTER_ID = ${cluster}` : `(${own}) & (CLUSTER_ID = ${cluster})`;
}

const labelOf = (vm: XmlNode) => readMachineLabel(text(vm, 'NAME') ?? '');

/** @throws VendorError not-found for what is no number: OpenNebula has none of that name. */
function numberOf(vendorId: string): number {
  if (/^\d+$/.test(vendorId)) return Number(vendorId);
  throw new VendorError('not-found', `'${vendorId}' is no machine of OpenNebula's`);
}
