import { AgencyError } from '@cloud-agency/errors';
import type { EntityChange, JsonValue, Mixin } from '@cloud-agency/occi';
import type { Ids } from '@cloud-agency/runtime';
import type { VendorRegistry } from '../mediation/registry.js';
import { ownedCompute } from '../resources/owned-compute.js';
import { save, templateOf } from '../resources/saved-images.js';
import type { Collectors } from '../sensors/collectors.js';
import { dividedLinks } from '../sensors/inline.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { json, parsed, type PlacementRow, type ResourceRow } from '../store/tables.js';
import { assertAble, operate, type PowerTerm, resize } from './compute-operations.js';
import type { LinkDesk } from '../assets/link-desk.js';
import { wishedLinks } from '../assets/links.js';
import type { Resizing } from './resizing.js';

interface Parts {
  readonly store: AgencyStore;
  readonly ids: Ids;
  readonly vendors: VendorRegistry;
  readonly resizing: Resizing;
  readonly links: LinkDesk;
  readonly collectors: Collectors;
  /** The templates of this tenant have changed. */
  readonly templatesChanged: (tenant: string) => void;
}

/** What clients do with computes that they have: change them, operate them, save them (OCCI.md 1.2 and 4). */
export class ComputeDesk {
  constructor(private readonly parts: Parts) {}

  /** @throws AgencyError conflict with the reason when it is in no state for it. */
  async act(id: string, term: PowerTerm, attributes: Attributes, tenant: string): Promise<void> {
    const { store, ids } = this.parts;
    await store.work(async (work) => {
      const resource = await ownedCompute(work.tables, id, tenant);
      if (resource.agreement === null || resource.state === 'error') {
        if (term === 'start' && resource.state !== 'error') return;
        throw notRunning(resource, term);
      }
      const placement = await this.operable(work, resource, term);
      if (!placement) return;
      const method = attributes.method;
      await operate(work, resource, placement, {
        task: ids.next(),
        term,
        method: typeof method === 'string' ? method : '',
        abilities: this.parts.vendors.abilitiesOf(placement.agent),
      });
    });
  }

  /** Begins to make an OS template of the machine; resolves to the template, which can be used once the vendor has made it. */
  async save(id: string, attributes: Attributes, tenant: string): Promise<Mixin> {
    const { store, ids, vendors } = this.parts;
    const row = await store.work(async (work) => {
      const resource = await ownedCompute(work.tables, id, tenant);
      const placement = resource.state === 'active' ? await this.operable(work, resource, 'save') : undefined;
      if (!placement) throw notRunning(resource, 'save');
      assertAble(vendors.abilitiesOf(placement.agent), 'save', parsed(placement.offer).vendor, 'save');
      const name = typeof attributes.name === 'string' && attributes.name.trim() !== '' ? attributes.name.trim() : resource.title;
      return await save(work, resource, placement, { image: ids.next(), task: ids.next(), name: name.slice(0, 100) });
    });
    this.parts.templatesChanged(tenant);
    return templateOf(row);
  }

  /** Sets what is given; other sizes, by attribute or by template, are a resize at the vendor. */
  async change(id: string, given: EntityChange, whole: boolean, tenant: string): Promise<void> {
    const { store, resizing, ids } = this.parts;
    const resource = await ownedCompute(store.tables, id, tenant);
    const { collectors, others } = dividedLinks(given.links);
    const links = await wishedLinks(store.tables, tenant, others);
    const plan = await resizing.plan(resource, given, whole);
    await store.work(async (work) => {
      const current = await ownedCompute(work.tables, id, tenant);
      if (plan.offer) {
        const placement = await this.operable(work, current, 'resize');
        if (!placement || placement.id !== plan.placement)
          throw new AgencyError('conflict', { message: `Compute ${id} is being moved; try again when it is placed.` });
        await resize(work, current, placement, {
          task: ids.next(),
          offer: plan.offer,
          abilities: this.parts.vendors.abilitiesOf(placement.agent),
        });
      }
      await work.tables
        .updateTable('resource')
        .set({ given: json(plan.given) })
        .where('id', '=', id)
        .execute();
      if (plan.call)
        await work.tables
          .updateTable('cfp')
          .set({ call: json(plan.call) })
          .where('id', '=', current.cfp)
          .execute();
      await this.parts.links.link(work, current, links);
      await this.parts.collectors.link(work, collectors, id, tenant);
    });
  }

  /** The placement that an operation can be asked of; undefined where it is wanted already. @throws AgencyError conflict. */
  private async operable(work: Work, resource: ResourceRow, term: string): Promise<PlacementRow | undefined> {
    const placement = await work.tables
      .selectFrom('placement')
      .selectAll()
      .where('id', '=', resource.placement ?? '')
      .executeTakeFirst();
    if (placement?.state !== 'active') {
      if (term === 'start') return undefined;
      throw notRunning(resource, term);
    }
    if (resource.task !== null)
      throw new AgencyError('conflict', {
        message: `Compute ${resource.id} is ${resource.message}. Try again when that is done.`,
      });
    const moving = await work.tables
      .selectFrom('reaction')
      .select('id')
      .where('resource', '=', resource.id)
      .where('state', '=', 'begun')
      .executeTakeFirst();
    if (moving) throw new AgencyError('conflict', { message: `Compute ${resource.id} is being replaced: ${resource.message}.` });
    return placement;
  }
}

type Attributes = Readonly<Record<string, JsonValue>>;

const notRunning = (resource: ResourceRow, term: string): AgencyError =>
  new AgencyError('conflict', {
    message: `Compute ${resource.id} cannot ${term} now: ${resource.state === 'error' ? 'it is in error' : 'it does not run yet'} (${resource.message}).`,
  });
