import { readFreeSize } from '../../vendor/free-sizes.js';
import type { MachineOrder } from '../../vendor/port.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { list, type XmlElement } from '../../vendor/xml.js';
import type { VcloudApi } from './api.js';
import { connection, customization, deployment, instantiation, metadata, productSections } from './documents.js';
import { nextChange } from './hardware.js';
import type { Places } from './places.js';
import { idIn, type Reference, referenceOf, required } from './references.js';
import { ended, taskOf } from './tasks.js';
import { failedCreation, unresolved, type VApp, vappOf, wasStarted } from './vapp.js';

export interface CreationParts {
  readonly api: VcloudApi;
  readonly places: Places;
  /** The name of the organization's network that machines join; undefined: the first one. */
  readonly network: string | undefined;
}

/**
 * Makes a vApp step by step: copy the template, give the VM its hardware, its network, its name and properties, and last deploy it. Each
 * step is taken only where it has not been, so whoever comes after a failure goes on where it ended.
 */
export class Creation {
  constructor(private readonly parts: CreationParts) {}

  /** @param found what an earlier try has left, by its name. */
  async carryOut(order: MachineOrder, label: string, found: VApp | undefined): Promise<VApp> {
    const { api } = this.parts;
    const size = readFreeSize(order.size);
    const vapp = found ?? (await this.instantiated(order, label));
    if (wasStarted(vapp)) return vapp;
    try {
      const copied = await this.copied(vapp);
      if (copied.status === failedCreation) return copied;
      await this.configure(copied, order, size);
      await api.call({
        method: 'POST',
        at: `${vapp.href}/action/deploy`,
        body: deployment,
        type: 'deployVAppParams',
        roots: ['Task'],
      });
      return await this.shown(vapp);
    } catch (error) {
      const failure = asVendorError(error);
      if (!failure.passing && failure.reason !== 'conflict') await this.dropped(vapp);
      throw failure;
    }
  }

  private async instantiated(order: MachineOrder, label: string): Promise<VApp> {
    const { api, places } = this.parts;
    const vdc = await places.vdc(order.region);
    const body = instantiation({
      name: label,
      description: order.name,
      source: `${api.base}/vAppTemplate/${order.image}`,
      network: this.networkOf(vdc),
    });
    const at = `${required(vdc, 'href', 'a vdc')}/action/instantiateVAppTemplate`;
    return vappOf(await api.call({ method: 'POST', at, body, type: 'instantiateVAppTemplateParams', roots: ['VApp'] }));
  }

  /** @throws VendorError not-found for a network that the account names and the vdc does not have. */
  private networkOf(vdc: XmlElement): Reference | undefined {
    const { network } = this.parts;
    const available = list(vdc, ['AvailableNetworks'], 'Network').map(referenceOf);
    if (network === undefined) return available[0];
    const own = available.find(({ name }) => name === network);
    if (own) return own;
    throw new VendorError('not-found', `the virtual data center has no network '${network}'; correct 'network' of the account`);
  }

  /** Each change is waited for: a VM takes one at a time. */
  private async configure(vapp: VApp, order: MachineOrder, size: ReturnType<typeof readFreeSize>): Promise<void> {
    const { api } = this.parts;
    for (let current = vapp; current.vm !== undefined; current = await this.shown(vapp)) {
      const change = await nextChange(api, current.vm, size);
      if (!change) break;
      await ended(api, change);
    }
    if (vapp.vm === undefined) throw new VendorError('invalid-request', `the template ${order.image} has no VM`);
    const vm = required(vapp.vm, 'href', 'a VM');
    const network = this.networkOf(await this.parts.places.vdc(order.region));
    if (network) await this.put(`${vm}/networkConnectionSection/`, 'networkConnectionSection', connection(network.name));
    await this.put(`${vm}/guestCustomizationSection/`, 'guestCustomizationSection', customization(computerName(order.name)));
    const properties = propertiesOf(vapp, order);
    if (Object.keys(properties).length > 0)
      await this.put(`${vm}/productSections/`, 'productSections', productSections(properties));
    await this.tag(vapp, order.tags);
  }

  private async put(at: string, type: string, body: string): Promise<void> {
    const { api } = this.parts;
    await ended(api, taskOf(await api.call({ method: 'PUT', at, type, body, roots: ['Task'] })));
  }

  private async tag({ href }: VApp, tags: MachineOrder['tags']): Promise<void> {
    const { api } = this.parts;
    const at = `${href}/metadata`;
    await ended(api, taskOf(await api.call({ method: 'POST', at, type: 'metadata', body: metadata(tags), roots: ['Task'] })));
  }

  /** Waits until the template has been copied; where that has failed the vApp itself tells so, as long as it is there. */
  private async copied(vapp: VApp): Promise<VApp> {
    try {
      // What has failed of an earlier try is tried again; only a copy that has failed is none.
      const tasks = vapp.tasks.filter(({ state }) => state === 'running' || vapp.status === unresolved);
      for (const task of tasks) await ended(this.parts.api, task);
    } catch (error) {
      const left = await unlessGone(this.shown(vapp));
      if (left?.status !== failedCreation) throw error;
    }
    return await this.shown(vapp);
  }

  private async shown({ href }: VApp): Promise<VApp> {
    return vappOf(await this.parts.api.call({ method: 'GET', at: href, roots: ['VApp'] }));
  }

  /** What could not be finished costs its storage; the failure that led here is the one to tell. */
  private async dropped({ href }: VApp): Promise<void> {
    const { api } = this.parts;
    await api.call({ method: 'DELETE', at: href, roots: ['Task'] }).catch(() => undefined);
  }
}

/** Letters, digits and hyphens, as Linux and Windows take them. */
const computerName = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9-]+/g, '-')
    .slice(0, 15)
    .replace(/^-+|-+$/g, '') || 'vm';

/** What cloud-init reads of the OVF environment (cloud-init, Data sources, OVF). */
function propertiesOf({ href }: VApp, { name, sshKey, userData }: MachineOrder): Record<string, string> {
  if (sshKey === undefined && userData === undefined) return {};
  return {
    'instance-id': idIn(href),
    hostname: computerName(name),
    ...(sshKey === undefined ? {} : { 'public-keys': sshKey }),
    ...(userData === undefined ? {} : { 'user-data': Buffer.from(userData).toString('base64') }),
  };
}
