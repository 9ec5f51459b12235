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
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { escapeXml, list, text, type XmlNode } from '../../vendor/xml.js';
import { instanceOf, sizeOf } from './mapping.js';
import { idOf, type OcciAccount, OcciApi } from './occi-api.js';
import { OcciOperations } from './occi-operations.js';

export interface OcciProfile extends OcciAccount {
  /** What the account calls the cloud: one endpoint is one region. */
  readonly regions: readonly string[];
  readonly ownImages: Readonly<Record<string, string>>;
  /** Name or number of the network that machines join; the first without it. */
  readonly network: string | undefined;
}

/** NAME of a machine (oned takes 128 characters). */
const longestName = 128;

/**
 * The OCCI server of OpenNebula, as of 3.8.4: its own XML over HTTP, not the OCCI of the Open Grid Forum. There is no client token: the name
 * of the machine ends in ours (`machineLabel`), and is looked up before a second create.
 */
export class OcciDriver implements VendorDriver {
  readonly operations: OcciOperations;
  private readonly api: OcciApi;

  constructor(
    private readonly profile: OcciProfile,
    http: VendorHttp,
  ) {
    this.api = new OcciApi(http, profile);
    this.operations = new OcciOperations(this.api);
  }

  async check(): Promise<void> {
    await this.api.get('COLLECTIONS', '/');
  }

  regions(): Promise<readonly string[]> {
    return Promise.resolve(this.profile.regions);
  }

  zones(region: string): Promise<readonly string[]> {
    return Promise.resolve([region]);
  }

  async sizes(): Promise<readonly Size[]> {
    return (await this.api.collection('/instance_type', 'INSTANCE_TYPE', 'MEMORY')).flatMap((type) => sizeOf(type) ?? []);
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
    const storages = await this.api.collection('/storage', 'STORAGE', 'NAME');
    const systems = storages.filter((storage) => (text(storage, 'TYPE') ?? 'OS').toUpperCase() === 'OS');
    // Of images with one name the last one made has the highest number.
    const images = systems.map((storage) => ({
      id: idOf(storage),
      name: text(storage, 'NAME') ?? '',
      created: idOf(storage).padStart(12, '0'),
    }));
    return imageAmong(images, this.profile.ownImages, wanted);
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const body = this.computeFor(order, token, await this.networkId());
    const compute = await this.api.send('POST', 'COMPUTE', '/compute', body);
    return { ...instanceOf(compute, this.profile.network), state: 'building' };
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const link = (await this.links()).find((entry) => labelOf(entry)?.placement === token);
    return link === undefined ? undefined : await this.get(region, idOf(link));
  }

  async get(_: string, vendorId: string): Promise<Instance | undefined> {
    const compute = await unlessGone(this.api.get('COMPUTE', `/compute/${encodeURIComponent(vendorId)}`));
    return compute && instanceOf(compute, this.profile.network);
  }

  /** Each of them is asked for by itself: the collection of a busy cloud, in full, is large, and few of it are ours. */
  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const mark = installationMark(installation);
    const ours = (await this.links()).flatMap((link) => {
      const label = labelOf(link);
      return label?.mark === mark ? [{ id: idOf(link), placement: label.placement }] : [];
    });
    const instances = await Promise.all(
      ours.map(async ({ id, placement }) => {
        const instance = await this.get(region, id);
        return instance && instance.state !== 'gone' ? [{ ...instance, placement }] : [];
      }),
    );
    return instances.flat();
  }

  async delete(_: string, vendorId: string): Promise<void> {
    await this.api.delete(`/compute/${encodeURIComponent(vendorId)}`);
  }

  close(): void {
    this.api.close();
  }

  private async links(): Promise<readonly XmlNode[]> {
    return list(await this.api.get('COMPUTE_COLLECTION', '/compute'), [], 'COMPUTE');
  }

  /** Templates `common.erb` and `<type>.erb` of the server make a machine of it; what is in CONTEXT is the machine's to read. */
  private computeFor(order: MachineOrder, token: string, network: string): string {
    const { name, tags, size, image, sshKey, userData } = order;
    const context = [
      ...(sshKey === undefined ? [] : [element('SSH_PUBLIC_KEY', sshKey.replaceAll('"', ''))]),
      ...(userData === undefined
        ? []
        : [element('USERDATA', Buffer.from(userData).toString('base64')), element('USERDATA_ENCODING', 'base64')]),
    ];
    return [
      '<COMPUTE>',
      element('NAME', machineLabel(name, tags[installationTag] ?? '', token, longestName)),
      `<INSTANCE_TYPE href="${escapeXml(this.api.href(`/instance_type/${size}`))}">${escapeXml(size)}</INSTANCE_TYPE>`,
      `<DISK><STORAGE href="${escapeXml(this.api.href(`/storage/${image}`))}"/></DISK>`,
      `<NIC><NETWORK href="${escapeXml(this.api.href(`/network/${network}`))}"/></NIC>`,
      ...(context.length === 0 ? [] : [`<CONTEXT>${context.join('')}</CONTEXT>`]),
      '</COMPUTE>',
    ].join('');
  }

  private async networkId(): Promise<string> {
    const { network } = this.profile;
    if (network !== undefined && /^\d+$/.test(network)) return network;
    const networks = list(await this.api.get('NETWORK_COLLECTION', '/network'), [], 'NETWORK');
    const found = network === undefined ? networks[0] : networks.find((entry) => nameOf(entry) === network);
    if (found === undefined)
      throw new VendorError('not-found', `the cloud has no network '${network ?? ''}'; correct 'network' of the account`);
    return idOf(found);
  }
}

const element = (name: string, content: string): string => `<${name}>${escapeXml(content)}</${name}>`;

const nameOf = (entry: XmlNode): string | undefined => text(entry, '@name') ?? text(entry, 'NAME');

const labelOf = (entry: XmlNode) => readMachineLabel(nameOf(entry) ?? '');
