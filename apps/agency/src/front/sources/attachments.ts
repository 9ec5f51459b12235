import type { Entity, EntityChange, EntityDraft } from '@cloud-agency/occi';
import { type LinkDesk, targetOf } from '../../assets/link-desk.js';
import { kindIds } from '../../assets/links.js';
import type { AgencyStore } from '../../store/agency-store.js';
import type { AttachmentRow } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { linkAttributes, linkMixins } from './attachment-links.js';
import { listed } from './listing.js';

/** Links from computes to storage or to networks, as entities of their own. */
export class AttachmentSource implements EntitySource {
  readonly kind: string;
  readonly tables = ['attachment'] as const;

  constructor(
    private readonly term: AttachmentRow['kind'],
    private readonly store: AgencyStore,
    private readonly desk: LinkDesk,
  ) {
    this.kind = kindIds[term];
  }

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(this.of(query.tenant).orderBy('created_at').orderBy('id'), query);
    return rows.map(entity);
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.of(tenant).where('id', '=', id).executeTakeFirst();
    return row && entity(row);
  }

  async create(draft: EntityDraft, tenant: string): Promise<Entity> {
    return entity(await this.desk.create(draft, tenant));
  }

  async update(id: string, change: EntityChange, tenant: string): Promise<void> {
    await this.desk.change(id, change, false, tenant);
  }

  async replace(id: string, whole: EntityChange, tenant: string): Promise<void> {
    await this.desk.change(id, whole, true, tenant);
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.desk.remove(id, tenant);
  }

  /** It is attached, or cannot be. */
  async isSettled(id: string, tenant: string): Promise<boolean> {
    const row = await this.of(tenant).where('id', '=', id).executeTakeFirst();
    return !row || row.state === 'active' || row.state === 'error';
  }

  private of(tenant: string) {
    return this.store.tables
      .selectFrom('attachment')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('kind', '=', this.term)
      .where('wanted', '=', 'present');
  }
}

function entity(row: AttachmentRow): Entity {
  return {
    kind: kindIds[row.kind],
    id: row.id,
    mixins: linkMixins(row),
    attributes: {
      'occi.core.source': `/compute/${row.compute}`,
      'occi.core.target': targetOf(row),
      'occi.core.source.kind': kindIds.compute,
      'occi.core.target.kind': kindIds[row.kind === 'storagelink' ? 'storage' : 'network'],
      ...linkAttributes(row),
    },
    actions: [],
    links: [],
  };
}
