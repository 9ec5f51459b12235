import { AgencyError } from '@cloud-agency/errors';
import { type Entity, webhookId } from '@cloud-agency/occi';
import type { AgencyStore } from '../../store/agency-store.js';
import { parsed, type WebhookRow } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { listed } from './listing.js';

/** Subscriptions to events as OCCI entities. A secret is never shown. */
export class WebhookSource implements EntitySource {
  readonly kind = webhookId;

  constructor(private readonly store: AgencyStore) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(
      this.store.tables.selectFrom('webhook').selectAll().where('tenant', '=', query.tenant).orderBy('created_at').orderBy('id'),
      query,
    );
    return rows.map(entity);
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.store.tables
      .selectFrom('webhook')
      .selectAll()
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .executeTakeFirst();
    return row && entity(row);
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const gone = await work.tables.deleteFrom('webhook').where('id', '=', id).where('tenant', '=', tenant).executeTakeFirst();
      if (gone.numDeletedRows === 0n)
        throw new AgencyError('not-found', { what: `Webhook ${id}`, hint: 'GET /webhook/ lists those there are.' });
      await work.tables.deleteFrom('delivery').where('webhook', '=', id).execute();
    });
  }
}

function entity(row: WebhookRow): Entity {
  return {
    kind: webhookId,
    id: row.id,
    title: row.url,
    mixins: [],
    attributes: {
      'agency.webhook.url': row.url,
      'agency.webhook.events': [...parsed(row.events)],
      'agency.webhook.state': row.state,
      'agency.webhook.failures': row.failures,
    },
    actions: [],
    links: [],
  };
}
