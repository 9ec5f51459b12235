import { AgencyError } from '@cloud-agency/errors';
import { type EntityDraft, imageOfTemplate } from '@cloud-agency/occi';
import type { Clock, Ids } from '@cloud-agency/runtime';
import { type Call, parseCall } from '@cloud-agency/sla';
import { newCfp } from '../calls/call-desk.js';
import type { VendorRegistry } from '../mediation/registry.js';
import { defaultPolicyName, type Policies, shippedMaxPrice } from '../negotiation/policies.js';
import { savedScheme, templateIdOf } from '../resources/saved-images.js';
import type { Collectors } from '../sensors/collectors.js';
import { dividedLinks } from '../sensors/inline.js';
import type { AgencyStore } from '../store/agency-store.js';
import { json, type ResourceRow, type SavedImageRow } from '../store/tables.js';
import { computeCall, type ComputeWish, itemName, machineName } from './compute-call.js';
import type { Intake } from './intake.js';
import { assertFree, attachmentOf, type LinkWish, placeOfStorage, wishedLinks } from '../assets/links.js';
import { abilityFor, placedApart } from '../assets/places.js';

interface Parts {
  readonly store: AgencyStore;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly vendors: VendorRegistry;
  readonly policies: Policies;
  readonly intake: Intake;
  readonly collectors: Collectors;
}

/** Where a compute has to stand: beside its storage, or where its image was saved. */
interface Site {
  readonly agent: string;
  readonly vendor: string;
  readonly region: string;
  readonly zone: string | null;
}

interface Setting {
  readonly name: string;
  readonly tenant: string;
  readonly site: Site | undefined;
  readonly accounts: readonly string[] | undefined;
}

/** Computes that clients create by themselves: each is a call for proposals, whose best answer is taken (OCCI.md 4). */
export class ComputeOrders {
  constructor(private readonly parts: Parts) {}

  /** Resolves once the order is on disk; the vendors are called from then on, whatever happens to this process. */
  async order(draft: EntityDraft, tenant: string): Promise<ResourceRow> {
    const { ids, clock, intake, store } = this.parts;
    const id = ids.next();
    const { collectors, others } = dividedLinks(draft.links);
    const links = await wishedLinks(store.tables, tenant, others);
    await assertFree(store.tables, links);
    const saved = await this.savedImageOf(draft.mixins, tenant);
    const assets = links.map(({ asset }) => asset);
    const site = this.siteOf(saved, await placeOfStorage(store.tables, assets));
    const accounts = this.accountsFor(links, site);
    const hostname = draft.attributes['occi.compute.hostname'];
    const name = machineName(typeof hostname === 'string' ? hostname : draft.title, id);
    const { document, call } = await this.callFor(draft, { name, tenant, site, accounts });
    const now = clock.now();
    const made = newCfp(ids.next(), saved ? withImage(call, saved) : call, document, tenant, now);
    const cfp = { ...made, state: 'open' as const, message: 'calling the vendors' };
    const resource: ResourceRow = {
      id,
      tenant,
      cfp: cfp.id,
      agreement: null,
      item: itemName,
      title: name,
      state: 'inactive',
      message: 'calling for proposals',
      placement: null,
      origin: 'client',
      given: json({ mixins: draft.mixins, attributes: draft.attributes }),
      task: null,
      created_at: now,
    };
    await intake.put({
      cfp,
      resource,
      attachments: links.map((link) => attachmentOf(link, ids.next(), id, now)),
      collectors: await this.parts.collectors.wished(collectors, id, tenant, now),
    });
    return resource;
  }

  private siteOf(saved: SavedImageRow | undefined, storage: (Site & { readonly asset: string }) | undefined): Site | undefined {
    if (!saved) return storage;
    const image = { agent: saved.agent, vendor: this.parts.vendors.vendorOf(saved.agent), region: saved.region, zone: null };
    if (storage && (storage.agent !== image.agent || storage.region !== image.region))
      throw placedApart(`The image ${saved.name}`, image, `/storage/${storage.asset}`, storage);
    return storage ?? image;
  }

  private async callFor(
    draft: EntityDraft,
    { name, tenant, site, accounts }: Setting,
  ): Promise<{ readonly document: string; readonly call: Call }> {
    const stored = await this.parts.policies.of(tenant);
    const own = stored.get(defaultPolicyName);
    const image = draft.mixins.map(imageOfTemplate).find((found) => found !== undefined);
    const wish: ComputeWish = {
      name,
      maxPrice: own?.maxPrice ?? shippedMaxPrice,
      ...(own ? { policy: defaultPolicyName } : {}),
      ...(image === undefined ? {} : { image }),
      ...(site ? { within: placeSetOf(site) } : {}),
    };
    const document = computeCall(draft, wish);
    const named = new Map([...stored].map(([key, { selecting }]) => [key, selecting]));
    const { call } = inTermsOfOcci(() => parseCall(document, named));
    return { document, call: accounts ? { ...call, demand: { ...call.demand, accounts } } : call };
  }

  /** The accounts that can have the compute; undefined: any. @throws AgencyError conflict when none has what the links need. */
  private accountsFor(links: readonly LinkWish[], site: Site | undefined): readonly string[] | undefined {
    const { vendors } = this.parts;
    if (links.length === 0) return site && [site.agent];
    const needed = links.map(({ asset }) => abilityFor[asset.kind]);
    const able = [...vendors.alive()].filter((agent) => needed.every((ability) => vendors.abilitiesOf(agent).includes(ability)));
    const accounts = site ? able.filter((agent) => agent === site.agent) : able;
    if (accounts.length > 0) return accounts;
    const what = [...new Set(needed)].join(' and ');
    const message = site ? `${site.vendor} has no ${what}` : `no vendor account at hand has ${what}`;
    throw new AgencyError('conflict', {
      message: `The links of this compute cannot be made: ${message} that the Agency could use.`,
    });
  }

  /** The image that the client saved before, where the draft names its template. */
  private async savedImageOf(mixins: readonly string[], tenant: string): Promise<SavedImageRow | undefined> {
    if (!mixins.some((id) => id.startsWith(savedScheme))) return undefined;
    const rows = await this.parts.store.tables.selectFrom('saved_image').selectAll().where('tenant', '=', tenant).execute();
    const found = rows.find((row) => mixins.includes(templateIdOf(row)));
    if (found && found.state !== 'active')
      throw new AgencyError('conflict', { message: `The image ${found.name} is ${found.state}: ${found.message}.` });
    return found;
  }
}

const placeSetOf = ({ vendor, region, zone }: Site) => ({
  vendor: [vendor],
  region: [region],
  ...(zone === null ? {} : { zone: [zone] }),
});

function withImage(call: Call, { vendor_id: vendorImage }: SavedImageRow): Call {
  const deployment = call.deployments[itemName];
  if (!deployment || vendorImage === null) return call;
  return { ...call, deployments: { [itemName]: { ...deployment, vendorImage } } };
}

const occiNames: readonly (readonly [RegExp, string])[] = [
  [/resources\.compute\.ssh_key/g, 'the public key'],
  [/resources\.compute\.user_data/g, 'the user data'],
  [/resources\.compute\.require\.memory/g, 'occi.compute.memory'],
  [/resources\.compute\.require\.cores/g, 'occi.compute.cores'],
  [/resources\.compute\.require\.disk/g, 'occi.compute.ephemeral_storage.size'],
  [/line \d+, column \d+: /g, ''],
];

/** A client that sent a compute knows nothing of the document behind it. */
function inTermsOfOcci<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof AgencyError)) throw cause;
    const problems = (cause.details.problems ?? []) as readonly {
      readonly path: string;
      readonly message: string;
      readonly hint?: string;
    }[];
    const sentences = problems.map(({ path, message, hint }) => `${path} ${message}${hint ? ` (${hint})` : ''}`);
    const message = occiNames.reduce((text, [path, name]) => text.replace(path, name), sentences.join('; ') || cause.message);
    throw cause.code === 'unsupported'
      ? new AgencyError('unsupported', { path: 'compute', message }, { cause })
      : new AgencyError('invalid-request', { message: `This compute cannot be called for: ${message}.` }, { cause });
  }
}
