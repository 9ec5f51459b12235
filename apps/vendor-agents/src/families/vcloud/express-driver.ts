import { createHash, randomBytes } from 'node:crypto';
import { freeSizes, readFreeSize } from '../../vendor/free-sizes.js';
import type { VendorHttp } from '../../vendor/http.js';
import { imageAmong, mapsImageName } from '../../vendor/image-names.js';
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
import { list, number, text, type XmlElement } from '../../vendor/xml.js';
import { express, VcloudApi, type VcloudAccount } from './api.js';
import { expressInstantiation } from './express-documents.js';
import { ExpressMachines } from './express-machines.js';
import { ExpressOperations } from './express-operations.js';
import { type ExpressVApp, expressInstance, expressVappOf, off } from './express-vapp.js';
import { Places, welcomingOrganizations } from './places.js';
import { idIn, linksTo, type Reference, referenceOf, required } from './references.js';

export interface ExpressProfile extends VcloudAccount {
  /** The account's own templates, id or name, by portable name. */
  readonly ownImages: Readonly<Record<string, string>>;
  readonly network: string | undefined;
}

/** 1, 2, 4 or 8 processors; 512 MB or whole GB of memory. The disk is that of the template. */
const limits = { cores: [1, 8], memory: [0.5, 16], disk: [10, 10] } as const;
const isSold = ({ cores, memory }: Size): boolean => [1, 2, 4, 8].includes(cores) && (memory === 0.5 || Number.isInteger(memory));

/**
 * vCloud Express API 0.8. A name holds 15 characters, which is too few for a placement, and nothing else of a vApp can be read again. So the
 * name is a digest of our token: it tells whether an earlier create has made the machine, whoever asks. What it cannot tell is which
 * placement an unknown machine is for, so `list` shows only those that this process has been asked for, and nothing else is swept.
 */
export class ExpressDriver implements VendorDriver {
  readonly operations: ExpressOperations;
  private readonly api: VcloudApi;
  private readonly places: Places;
  private readonly machines: ExpressMachines;
  /** By its name. */
  private readonly placements = new Map<string, { readonly token: string; readonly installation: string }>();

  constructor(
    private readonly profile: ExpressProfile,
    http: VendorHttp,
  ) {
    this.api = new VcloudApi(profile, express, http);
    this.places = new Places(this.api, welcomingOrganizations, undefined);
    this.machines = new ExpressMachines(this.api, this.places);
    this.operations = new ExpressOperations(this.machines);
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

  async sizes(region: string): Promise<readonly Size[]> {
    await this.places.vdc(region);
    return freeSizes(limits, { disk: null }).filter(isSold);
  }

  /** 0 is no limit. */
  async quotas(region: string): Promise<readonly QuotaLeft[]> {
    const quota = ['ComputeCapacity', 'InstantiatedVmsQuota'];
    const vdc = await this.places.vdc(region);
    const most = number(vdc, ...quota, 'Limit') ?? 0;
    return most > 0 ? [{ of: 'machines', left: Math.max(0, most - (number(vdc, ...quota, 'Used') ?? 0)) }] : [];
  }

  mapsImage(name: string): boolean {
    return mapsImageName(this.profile.ownImages, name);
  }

  /** The catalog names its items; each leads to its template. */
  async image(name: string, architecture: string | null, region: string): Promise<string> {
    const items = await this.catalogItems(region);
    const listed = items.map((item) => ({ id: item.href, name: item.name }));
    const href = imageAmong(listed, this.profile.ownImages, { name, architecture: architecture ?? 'x64', region });
    const item = await this.api.call({ method: 'GET', at: href, roots: ['CatalogItem'] });
    return idIn(required(list(item, [], 'Entity')[0] ?? {}, 'href', 'a template'));
  }

  async create(order: MachineOrder, token: string): Promise<Instance> {
    const { region } = order;
    const name = nameFor(token);
    this.placements.set(name, { token, installation: order.tags[installationTag] ?? '' });
    const vapp = (await this.named(region, token)) ?? (await this.instantiated(order, name));
    try {
      const made = await this.machines.created(vapp);
      if (made.status === off && (await this.machines.tasks(idIn(made.href))).length === 0)
        await this.machines.power(made.href, 'powerOn');
      return { ...expressInstance(made, [], region), state: 'building', fault: null };
    } catch (error) {
      const failure = asVendorError(error);
      if (!failure.passing) await this.machines.remove(vapp.href).catch(() => undefined);
      throw failure;
    }
  }

  /** Once it has been asked to run: what has not is for a further create to go on with. */
  async find(region: string, token: string): Promise<Instance | undefined> {
    const found = await this.named(region, token);
    if (!found || ['0', '1'].includes(found.status)) return undefined;
    const { vapp, tasks } = await this.machines.seen(idIn(found.href));
    return vapp.status === off && tasks.length === 0 ? undefined : expressInstance(vapp, tasks, region);
  }

  async get(region: string, vendorId: string): Promise<Instance | undefined> {
    const seen = await unlessGone(this.machines.seen(vendorId));
    return seen && expressInstance(seen.vapp, seen.tasks, region);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const found: TaggedInstance[] = [];
    for (const { name, href } of await this.vapps(region)) {
      const placement = this.placements.get(name);
      if (placement?.installation !== installation) continue;
      const instance = await this.get(region, idIn(href));
      if (instance) found.push({ ...instance, placement: placement.token });
    }
    return found;
  }

  /** It is switched off, then deleted: each call takes the step that can be taken. */
  async delete(_region: string, vendorId: string): Promise<void> {
    const { vapp, busy } = await this.machines.seen(vendorId);
    if (busy || ['0', '1'].includes(vapp.status)) return;
    if (vapp.status === off || vapp.status === '-1') await this.machines.remove(vapp.href);
    else await this.machines.power(vapp.href, 'powerOff');
  }

  close(): void {
    this.api.close();
  }

  private async vapps(region: string): Promise<readonly Reference[]> {
    return list(await this.places.vdc(region), ['ResourceEntities'], 'ResourceEntity')
      .filter((entity) => text(entity, '@type')?.toLowerCase() === 'application/vnd.vmware.vcloud.vapp+xml')
      .map(referenceOf);
  }

  private async named(region: string, token: string): Promise<ExpressVApp | undefined> {
    const found = (await this.vapps(region)).find(({ name }) => name === nameFor(token));
    return found && (await unlessGone(this.machines.show(idIn(found.href))));
  }

  private async instantiated(order: MachineOrder, name: string): Promise<ExpressVApp> {
    const { cores, memory } = readFreeSize(order.size);
    const vdc = await this.places.vdc(order.region);
    const body = expressInstantiation({
      name,
      source: `${this.api.base}/vAppTemplate/${order.image}`,
      cores,
      memory,
      network: this.networkOf(vdc).href,
      // A password has to be given; nobody is told it.
      properties: { password: randomBytes(12).toString('base64url'), row: 'agency', group: order.name },
    });
    const at = `${required(vdc, 'href', 'a vdc')}/action/instantiatevAppTemplate`;
    return expressVappOf(
      await this.api.call({ method: 'POST', at, body, type: 'instantiateVAppTemplateParams', roots: ['VApp'] }),
    );
  }

  private networkOf(vdc: XmlElement): Reference {
    const { network } = this.profile;
    const available = list(vdc, ['AvailableNetworks'], 'Network').map(referenceOf);
    const own = network === undefined ? available[0] : available.find(({ name }) => name === network);
    if (own) return own;
    throw new VendorError('not-found', `the vdc has no network '${network ?? ''}'; correct 'network' of the account`);
  }

  private async catalogItems(region: string): Promise<readonly Reference[]> {
    const [link] = [...linksTo(await this.places.vdc(region), 'catalog'), ...linksTo(await this.places.org(), 'catalog')];
    if (!link) throw new VendorError('not-found', `${region} has no catalog`);
    const catalog = await this.api.call({ method: 'GET', at: link.href, roots: ['Catalog'] });
    return list(catalog, ['CatalogItems'], 'CatalogItem').map(referenceOf);
  }
}

/** Fourteen letters and digits that begin with a letter. */
function nameFor(token: string): string {
  const number = BigInt(`0x${createHash('sha256').update(token).digest('hex').slice(0, 16)}`);
  return `a${number.toString(36).padStart(13, '0')}`;
}
