import { AgencyError } from '@cloud-agency/errors';
import type { EntityChange, EntityDraft, JsonValue } from '@cloud-agency/occi';
import type { Ids } from '@cloud-agency/runtime';
import { computeOf } from '../resources/owned-compute.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { type AttachmentRow, type Given, json, parsed, type ResourceRow } from '../store/tables.js';
import { changeAttachment } from './changes.js';
import { assertFree, attachmentOf, type LinkWish, wishedLinks } from './links.js';
import { abilityFor, placedApart, together } from './places.js';

interface Parts {
  readonly store: AgencyStore;
  readonly ids: Ids;
  readonly abilitiesOf: (agent: string) => readonly string[];
}

/** What clients do with the links from computes to storage and networks. */
export class LinkDesk {
  constructor(private readonly parts: Parts) {}

  /** A link that comes by itself, with its ends as attributes. */
  async create(draft: EntityDraft, tenant: string): Promise<AttachmentRow> {
    const { 'occi.core.source': source, 'occi.core.target': target, ...attributes } = draft.attributes;
    const [from, to] = [textOf(source), textOf(target)];
    const [, computeId = ''] = /^\/compute\/([^/?#]+)$/.exec(from) ?? [];
    const wishes = await wishedLinks(this.parts.store.tables, tenant, [
      { target: to, rel: '', self: '', categories: [draft.kind, ...draft.mixins], attributes },
    ]);
    return await this.parts.store.work(async (work) => {
      const compute = await computeOf(work.tables, computeId, tenant);
      if (!compute)
        throw new AgencyError('not-found', {
          what: `The source of the link, ${from.slice(0, 200)},`,
          hint: 'It leads from /compute/ID of this host; GET /compute/ lists those there are.',
        });
      const [row] = await this.link(work, compute, wishes);
      return row as AttachmentRow;
    });
  }

  /** Links a compute that exists. @throws AgencyError conflict when they stand apart, or its vendor has nothing of the kind. */
  async link(work: Work, compute: ResourceRow, wishes: readonly LinkWish[]): Promise<readonly AttachmentRow[]> {
    await assertFree(work.tables, wishes);
    for (const wish of wishes) await this.assertPossible(work, compute, wish);
    const rows = wishes.map((wish) => attachmentOf(wish, this.parts.ids.next(), compute.id, work.now));
    if (rows.length > 0) await work.tables.insertInto('attachment').values(rows).execute();
    return rows;
  }

  private async assertPossible(work: Work, compute: ResourceRow, { asset, kind }: LinkWish): Promise<void> {
    const placement = await work.tables
      .selectFrom('placement')
      .select('offer')
      .where('id', '=', compute.placement ?? '')
      .executeTakeFirst();
    if (!placement) return;
    const offer = parsed(placement.offer);
    if (!this.parts.abilitiesOf(offer.agent).includes(abilityFor[asset.kind]))
      throw new AgencyError('conflict', {
        message: `/compute/${compute.id} is at ${offer.vendor}, which has no ${abilityFor[asset.kind]} that the Agency could use.`,
      });
    if (kind !== 'storagelink') return;
    const realised = await work.tables
      .selectFrom('realisation')
      .selectAll()
      .where('asset', '=', asset.id)
      .where('state', 'in', ['creating', 'active'])
      .executeTakeFirst();
    if (realised && !together(offer, realised))
      throw placedApart(`/compute/${compute.id}`, offer, `/storage/${asset.id}`, realised);
  }

  /** While it is attached only where it is mounted is the client's to say. */
  async change(id: string, change: EntityChange, whole: boolean, tenant: string): Promise<void> {
    await this.parts.store.work(async (work) => {
      const row = await ownLink(work, id, tenant);
      const before = parsed(row.given);
      const { 'occi.core.source': source, 'occi.core.target': target, ...rest } = change.attributes;
      if (isOther(source, `/compute/${row.compute}`) || isOther(target, targetOf(row)))
        throw new AgencyError('conflict', { message: `${locationOf(row)} keeps its ends; delete it and draw another one.` });
      const attributes = { ...(whole ? {} : before.attributes), ...rest };
      const given: Given = { mixins: [...new Set([...(before.mixins ?? []), ...change.mixins])], attributes };
      const names = new Set([...Object.keys(attributes), ...Object.keys(before.attributes ?? {})]);
      const differing = [...names].find(
        (name) => name !== 'occi.storagelink.mountpoint' && attributes[name] !== before.attributes?.[name],
      );
      if (differing !== undefined && row.placement !== null)
        throw new AgencyError('conflict', {
          message: `${differing} cannot be changed while ${locationOf(row)} is attached; delete it and draw another one.`,
        });
      await changeAttachment(work, id, { given: json(given) });
    });
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.parts.store.work(async (work) => {
      const row = await ownLink(work, id, tenant);
      await changeAttachment(work, id, { wanted: 'gone', due: row.due + 1, next_at: 0, message: 'being taken off' });
    });
  }
}

async function ownLink(work: Work, id: string, tenant: string): Promise<AttachmentRow> {
  const row = await work.tables
    .selectFrom('attachment')
    .selectAll()
    .where('id', '=', id)
    .where('tenant', '=', tenant)
    .where('wanted', '=', 'present')
    .executeTakeFirst();
  if (!row)
    throw new AgencyError('not-found', {
      what: `Link ${id}`,
      hint: 'GET /storagelink/ and /networkinterface/ list those there are.',
    });
  return row;
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

const isOther = (given: unknown, now: string): boolean => given !== undefined && given !== now;

const locationOf = ({ kind, id }: AttachmentRow): string => `/${kind}/${id}`;

/** Where it leads. */
export const targetOf = ({ kind, asset }: Pick<AttachmentRow, 'kind' | 'asset'>): string =>
  kind === 'storagelink' ? `/storage/${asset}` : `/network/${asset}`;
