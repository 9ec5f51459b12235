import { AgencyError } from '@cloud-agency/errors';
import { type Entity, type EntityChange, type EntityDraft, type JsonValue, webhookId } from '@cloud-agency/occi';
import type { Ids } from '@cloud-agency/runtime';
import { randomBytes } from 'node:crypto';
import type { AgencyStore } from '../../store/agency-store.js';
import { json, parsed, type WebhookRow } from '../../store/tables.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { listed } from './listing.js';

const everyEvent = ['*'];

/** Subscriptions to events as OCCI entities. A secret is shown once, when the Agency has made it. */
export class WebhookSource implements EntitySource {
  readonly kind = webhookId;

  constructor(
    private readonly store: AgencyStore,
    private readonly ids: Ids,
  ) {}

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

  /** A subscription to all of the tenant's events, whichever call they belong to. */
  async create({ attributes, links }: EntityDraft, tenant: string): Promise<Entity> {
    if (links.length > 0) throw unsupported('a webhook has no links');
    const { url = '', events = json(everyEvent), secret = newSecret() } = columns(attributes);
    const row = await this.store.work(async (work) => {
      const made: WebhookRow = {
        id: this.ids.next(),
        tenant,
        cfp: null,
        url,
        events,
        secret,
        state: 'active',
        failures: 0,
        created_at: work.now,
      };
      await work.tables.insertInto('webhook').values(made).execute();
      return made;
    });
    const shown = entity(row);
    if ('agency.webhook.secret' in attributes) return shown;
    return { ...shown, attributes: { ...shown.attributes, 'agency.webhook.secret': secret } };
  }

  async update(id: string, { attributes, links, mixins }: EntityChange, tenant: string): Promise<void> {
    if (links.length + mixins.length > 0) throw unsupported('a webhook has no links and none of the Agency’s mixins');
    await this.set(id, columns(attributes), tenant);
  }

  /** The secret stays when it is missing: nobody can read it to send it back. */
  async replace(id: string, { attributes, mixins }: EntityChange, tenant: string): Promise<void> {
    if (mixins.length > 0) throw unsupported('a webhook has none of the Agency’s mixins');
    const given = columns(attributes);
    if (given.url === undefined) throw new AgencyError('invalid-request', { message: 'agency.webhook.url is required.' });
    await this.set(id, { events: json(everyEvent), ...given }, tenant);
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const gone = await work.tables.deleteFrom('webhook').where('id', '=', id).where('tenant', '=', tenant).executeTakeFirst();
      if (gone.numDeletedRows === 0n)
        throw new AgencyError('not-found', { what: `Webhook ${id}`, hint: 'GET /webhook/ lists those there are.' });
      await work.tables.deleteFrom('delivery').where('webhook', '=', id).execute();
    });
  }

  private async set(id: string, change: Columns, tenant: string): Promise<void> {
    if (Object.keys(change).length === 0) return;
    await this.store.work(async (work) => {
      await work.tables.updateTable('webhook').set(change).where('id', '=', id).where('tenant', '=', tenant).execute();
    });
  }
}

type Columns = Partial<Pick<WebhookRow, 'url' | 'events' | 'secret'>>;

/** @throws AgencyError invalid-request. */
function columns(attributes: Readonly<Record<string, JsonValue>>): Columns {
  const { 'agency.webhook.url': url, 'agency.webhook.events': events, 'agency.webhook.secret': secret } = attributes;
  return {
    ...(url === undefined ? {} : { url: checked('agency.webhook.url', url, isUrl, 'an http or https URL') }),
    ...(events === undefined ? {} : { events: json(eventsIn(events)) }),
    ...(secret === undefined
      ? {}
      : { secret: checked('agency.webhook.secret', secret, isSecret, 'whsec_ and at least 24 bytes in base64') }),
  };
}

const isUrl = (text: string): boolean => text.length <= 2_000 && /^https?:\/\//.test(text) && URL.canParse(text);
const isSecret = (text: string): boolean => text.length <= 200 && /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(text);
/** A name such as `sla.violated`, `sla.*` or `*`, narrowed by `?item=web&term=availability`. */
const isEvent = (text: string): boolean => text.length <= 200 && /^(\*|[a-z_-]+(\.[a-z_-]+)*(\.\*)?)(\?[^\s,]+)?$/.test(text);

function eventsIn(value: JsonValue): readonly string[] {
  const events = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  if (events.length === 0 || events.length > 100)
    throw new AgencyError('invalid-request', { message: 'agency.webhook.events must name 1 to 100 events; * is all.' });
  return events.map((event) => checked('agency.webhook.events', event, isEvent, 'names of events, e.g. sla.* or cfp.proposed'));
}

function checked(name: string, value: JsonValue, is: (text: string) => boolean, wanted: string): string {
  if (typeof value === 'string' && is(value)) return value;
  throw new AgencyError('invalid-request', { message: `${name} must be ${wanted}.` });
}

const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;
const unsupported = (message: string): AgencyError => new AgencyError('unsupported', { path: '/webhook/', message });

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
