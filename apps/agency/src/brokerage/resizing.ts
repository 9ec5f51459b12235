import { AgencyError } from '@cloud-agency/errors';
import {
  type EntityChange,
  imageOfTemplate,
  type JsonValue,
  osTemplateId,
  type Registry,
  resourceTemplateId,
} from '@cloud-agency/occi';
import type { AppContext } from '@cloud-agency/runtime';
import { type Call, type Constraint, type Need, type Offer, offerMeets, parseCall } from '@cloud-agency/sla';
import type { CallsOut } from '../mediation/calls-out.js';
import { quarantined } from '../resources/quarantine.js';
import type { AgencyStore } from '../store/agency-store.js';
import { type Given, parsed, type ResourceRow } from '../store/tables.js';
import { computeCall, itemName } from './compute-call.js';
import { type Policies, shippedMaxPrice } from '../negotiation/policies.js';
import { isWithin, type TenantQuotas } from '../negotiation/tenant-quotas.js';

/** What a change of a compute comes to. */
export interface ChangePlan {
  readonly given: Given;
  /** The call behind it, with the new sizes: what replaces the machine one day must have them too. */
  readonly call?: Call;
  /** The size to buy instead, at the same account and in the same zone; absent: the machine is big enough, or not placed. */
  readonly offer?: Offer;
  readonly placement?: string;
}

const sizeNames = ['occi.compute.cores', 'occi.compute.memory', 'occi.compute.ephemeral_storage.size'];
/** The client waits for the answer, ms. */
const replyWithinMs = 2_000;

/** Finds out what it takes to give a compute what a client changes about it. */
export class Resizing {
  constructor(
    private readonly store: AgencyStore,
    private readonly mediator: CallsOut,
    private readonly registry: Registry,
    private readonly policies: Policies,
    private readonly quotas: TenantQuotas,
    private readonly context: AppContext,
  ) {}

  /** @throws AgencyError conflict when no size at the vendor fits, or the compute is in no state for it; unsupported. */
  async plan(resource: ResourceRow, change: EntityChange, whole: boolean): Promise<ChangePlan> {
    const before: Given = parsed(resource.given);
    const given = this.changed(before, change, whole);
    const wanted = sizeNames.filter((name) => given.attributes?.[name] !== undefined);
    if (wanted.every((name) => given.attributes?.[name] === before.attributes?.[name])) return { given };
    if (resource.origin === 'call')
      throw new AgencyError('conflict', {
        message: `Compute ${resource.id} is an item of the call ${resource.cfp}, which says its size. Submit a new call.`,
      });
    return await this.market(resource, given);
  }

  /** A template's values override the sizes of the instance; a new one replaces the old (GFD.222). */
  private changed(before: Given, { mixins, attributes }: EntityChange, whole: boolean): Given {
    const image = mixins.find((id) => this.isTemplate(id, osTemplateId) && !(before.mixins ?? []).includes(id));
    if (image !== undefined)
      throw new AgencyError('conflict', {
        message: `A machine keeps the image it was made from; ${imageOfTemplate(image) ?? image} needs a new compute.`,
      });
    const resizing = mixins.find((id) => this.isTemplate(id, resourceTemplateId));
    const kept = (before.mixins ?? []).filter(
      (id) =>
        (resizing === undefined || !this.isTemplate(id, resourceTemplateId)) &&
        (!whole || this.isTemplate(id, osTemplateId) || mixins.includes(id)),
    );
    const stays = whole ? {} : before.attributes;
    const presets = resizing === undefined ? {} : this.presetsOf(resizing);
    return {
      mixins: [...new Set([...kept, ...mixins])],
      attributes: { ...stays, ...presets, ...attributes },
    };
  }

  private isTemplate(id: string, of: string): boolean {
    const found = this.registry.find(id);
    return found?.class === 'mixin' && found.depends.includes(of);
  }

  private presetsOf(template: string): Record<string, JsonValue> {
    const found = this.registry.find(template);
    return Object.fromEntries(
      Object.entries(found?.attributes ?? {}).flatMap(([name, { default: value }]) =>
        value === undefined ? [] : [[name, value]],
      ),
    );
  }

  /** What the vendor that has the machine offers in its zone for the new sizes. */
  private async market(resource: ResourceRow, given: Given): Promise<ChangePlan> {
    const placement = await this.store.tables
      .selectFrom('placement')
      .selectAll()
      .where('id', '=', resource.placement ?? '')
      .executeTakeFirst();
    if (placement?.state !== 'active')
      throw new AgencyError('conflict', {
        message: `Compute ${resource.id} cannot be resized before it runs (${resource.message}).`,
      });
    const now = parsed(placement.offer);
    const call = await this.resized(resource, given);
    const limited = await this.quotas.limiting(this.store, call, resource.tenant, [placement.id]);
    const [need] = call.demand.needs;
    if (need && fits(now, need)) return { given, call };
    const within = { vendor: [now.vendor], region: [now.region], zone: [now.zone] };
    const here: Constraint = { type: 'place', text: `in ${now.region}, ${now.zone}`, within, not: {} };
    const demand = {
      ...limited.demand,
      accounts: [now.agent],
      needs: call.demand.needs.map((one) => ({ ...one, require: [...one.require, here] })),
    };
    const gathered = await this.mediator.callOut({
      conversation: resource.cfp,
      round: 1,
      demand,
      excludedOffers: [...(await quarantined(this.store.tables, this.context.clock.now())), now.id],
      within: replyWithinMs,
    });
    const own = gathered.answer.offers.filter(({ agent }) => agent === now.agent);
    const offers = own.filter((offer) => isWithin(demand.quotas ?? [], offer));
    if (own.length > 0 && offers.length === 0)
      throw new AgencyError('conflict', {
        message: `Compute ${resource.id} with these sizes is more than the quota of ${resource.tenant} leaves.`,
      });
    const [cheapest] = [...offers].sort((a, b) => a.price - b.price || a.id.localeCompare(b.id));
    if (!cheapest)
      throw new AgencyError('conflict', {
        message: `${now.vendor} has no such size in ${now.region}, ${now.zone}, within the price cap: ${
          gathered.answers
            .map(({ message }) => message)
            .filter((message) => message !== '')
            .join(' ') || 'nothing fits'
        }`,
      });
    return { given, call, offer: cheapest, placement: placement.id };
  }

  /** The call of the compute with its sizes as they are to be. */
  private async resized(resource: ResourceRow, given: Given): Promise<Call> {
    const { call: text } = await this.store.tables
      .selectFrom('cfp')
      .select('call')
      .where('id', '=', resource.cfp)
      .executeTakeFirstOrThrow();
    const call: Call = parsed(text);
    const own = (await this.policies.of(resource.tenant)).get('default');
    const document = computeCall(
      { attributes: given.attributes ?? {} },
      { name: call.name, maxPrice: own?.maxPrice ?? shippedMaxPrice, image: call.deployments[itemName]?.image ?? 'debian-12' },
    );
    const [need] = parseCall(document).call.demand.needs;
    return need ? { ...call, demand: { ...call.demand, needs: [need] } } : call;
  }
}

/** Whether what runs already has the sizes. */
function fits(offer: Offer, { require }: Need): boolean {
  return require.every((constraint) => constraint.type !== 'number' || offerMeets(constraint, offer));
}
