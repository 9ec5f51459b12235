import { AgencyError } from '@cloud-agency/errors';
import { type Entity, type EntityChange, type EntityDraft, type JsonValue, webhookId } from '@cloud-agency/occi';
import { isoTime } from '@cloud-agency/runtime';
import { webhookSecret, webhookSecretWanted } from '@cloud-agency/sla';
import type { AgencyStore } from '../../store/agency-store.js';
import { json, parsed, type WebhookRow } from '../../store/tables.js';
import { newSecret, type WebhookDesk } from '../../webhooks/webhook-desk.js';
import type { EntityQuery, EntitySource } from '../entity-source.js';
import { inSlices, listed } from './listing.js';

const everyEvent = ['*'];
const actionScheme = 'http://schemas.cloud-agency.dev/occi/agency/webhook/action#';

/** Subscriptions to events as OCCI entities (docs/webhooks.md). A secret is shown once, when the Agency has made it. */
export class WebhookSource implements EntitySource {
  readonly kind = webhookId;

  constructor(
    private readonly store: AgencyStore,
    private readonly desk: WebhookDesk,
  ) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(
      this.store.tables.selectFrom('webhook').selectAll().where('tenant', '=', query.tenant).orderBy('created_at').orderBy('id'),
      query,
    );
    return await inSlices(rows, (some) => this.entities(some));
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const rows = await this.store.tables
      .selectFrom('webhook')
      .selectAll()
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .execute();
    return (await this.entities(rows))[0];
  }

  /** A subscription to all of the tenant's events, whichever call they belong to. */
  async create({ attributes, links }: EntityDraft, tenant: string): Promise<Entity> {
    if (links.length > 0) throw unsupported('a webhook has no links');
    const { url = '', events = json(everyEvent), secret = newSecret() } = columns(attributes);
    const id = await this.desk.create({ tenant, cfp: null, url, events, secret });
    const shown = await this.found(id, tenant);
    return 'agency.webhook.secret' in attributes ? shown : withSecret(shown, secret);
  }

  async update(id: string, { attributes, links, mixins }: EntityChange, tenant: string): Promise<void> {
    if (links.length + mixins.length > 0) throw unsupported('a webhook has no links and none of the Agency’s mixins');
    await this.desk.change(id, tenant, columns(attributes));
  }

  /** The secret stays when it is missing: nobody can read it to send it back. */
  async replace(id: string, { attributes, mixins }: EntityChange, tenant: string): Promise<void> {
    if (mixins.length > 0) throw unsupported('a webhook has none of the Agency’s mixins');
    const given = columns(attributes);
    if (given.url === undefined) throw new AgencyError('invalid-request', { message: 'agency.webhook.url is required.' });
    await this.desk.change(id, tenant, { events: json(everyEvent), ...given });
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.desk.remove(id, tenant);
  }

  async act(id: string, action: string, attributes: Attributes, tenant: string): Promise<Entity> {
    switch (action) {
      case 'rotate': {
        const { secret } = columns(attributes);
        const made = await this.desk.rotate(id, tenant, { secret, overlapMs: overlapIn(attributes) });
        const after = await this.found(id, tenant);
        return secret === undefined ? withSecret(after, made) : after;
      }
      case 'test':
        await this.desk.test(id, tenant);
        break;
      case 'enable':
        await this.desk.enable(id, tenant);
        break;
      default:
        await this.desk.replay(id, tenant, replayIn(attributes));
    }
    return await this.found(id, tenant);
  }

  private async found(id: string, tenant: string): Promise<Entity> {
    const entity = await this.get(id, tenant);
    if (!entity) throw new AgencyError('not-found', { what: `Webhook ${id}`, hint: 'GET /webhook/ lists those there are.' });
    return entity;
  }

  private async entities(rows: readonly WebhookRow[]): Promise<readonly Entity[]> {
    if (rows.length === 0) return [];
    const counts = await this.store.tables
      .selectFrom('delivery')
      .select(['webhook', 'state', (from) => from.fn.countAll<number>().as('number')])
      .where(
        'webhook',
        'in',
        rows.map(({ id }) => id),
      )
      .groupBy(['webhook', 'state'])
      .execute();
    const count = (id: string, wanted: string): number =>
      counts.find(({ webhook, state }) => webhook === id && state === wanted)?.number ?? 0;
    return await Promise.all(
      rows.map(async (row) => {
        const dead = count(row.id, 'dead');
        return entity(row, count(row.id, 'waiting'), dead, dead === 0 ? [] : await this.deadLetters(row.id));
      }),
    );
  }

  /** The newest of them. */
  private async deadLetters(webhook: string): Promise<readonly JsonValue[]> {
    const rows = await this.store.tables
      .selectFrom('delivery')
      .innerJoin('event', 'event.id', 'delivery.event')
      .select(['event.id', 'event.type', 'event.subject', 'event.at', 'event.message'])
      .select(['delivery.attempts', 'delivery.dead_at as deadAt', 'delivery.message as problem'])
      .where('delivery.webhook', '=', webhook)
      .where('delivery.state', '=', 'dead')
      .orderBy('delivery.event', 'desc')
      .limit(mostShown)
      .execute();
    return rows.map(({ id: event, at, deadAt, ...rest }) => ({
      event,
      ...rest,
      at: isoTime(at),
      given_up: isoTime(deadAt ?? at),
    }));
  }
}

/** Dead letters that an entity lists. */
const mostShown = 100;

type Attributes = Readonly<Record<string, JsonValue>>;
type Columns = Partial<Pick<WebhookRow, 'url' | 'events' | 'secret'>>;

/** @throws AgencyError invalid-request. */
function columns(attributes: Attributes): Columns {
  const { 'agency.webhook.url': url, 'agency.webhook.events': events, 'agency.webhook.secret': secret } = attributes;
  return {
    ...(url === undefined ? {} : { url: checked('agency.webhook.url', url, isUrl, 'an http or https URL') }),
    ...(events === undefined ? {} : { events: json(eventsIn(events)) }),
    ...(secret === undefined ? {} : { secret: checked('agency.webhook.secret', secret, isSecret, webhookSecretWanted) }),
  };
}

const isUrl = (text: string): boolean => text.length <= 2_000 && /^https?:\/\//.test(text) && URL.canParse(text);
const isSecret = (text: string): boolean => webhookSecret.test(text);
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

const usualOverlap = 24 * 3_600;
const longestOverlap = 7 * 24 * 3_600;

/** @returns ms. */
function overlapIn({ 'agency.webhook.overlap': seconds = usualOverlap }: Attributes): number {
  if (typeof seconds === 'number' && seconds >= 0 && seconds <= longestOverlap) return seconds * 1_000;
  throw new AgencyError('invalid-request', { message: `agency.webhook.overlap must be 0 to ${longestOverlap} s.` });
}

function replayIn({ 'agency.webhook.event': event, 'agency.webhook.since': since }: Attributes) {
  if (event !== undefined && since !== undefined)
    throw new AgencyError('invalid-request', { message: 'Give agency.webhook.event or agency.webhook.since, not both.' });
  return {
    event: typeof event === 'number' ? event : undefined,
    since: typeof since === 'string' ? Date.parse(since) : undefined,
  };
}

const unsupported = (message: string): AgencyError => new AgencyError('unsupported', { path: '/webhook/', message });

const withSecret = (shown: Entity, secret: string): Entity => ({
  ...shown,
  attributes: { ...shown.attributes, 'agency.webhook.secret': secret },
});

function entity(row: WebhookRow, waiting: number, dead: number, letters: readonly JsonValue[]): Entity {
  const test = row.test === null ? undefined : parsed(row.test);
  return {
    kind: webhookId,
    id: row.id,
    title: row.url,
    mixins: [],
    attributes: {
      'agency.webhook.url': row.url,
      'agency.webhook.events': [...parsed(row.events)],
      ...(row.cfp === null ? {} : { 'agency.webhook.cfp': row.cfp }),
      'agency.webhook.state': row.state,
      'agency.webhook.state.message': row.reason,
      'agency.webhook.failures': row.failures,
      'agency.webhook.waiting': waiting,
      'agency.webhook.dead': dead,
      'agency.webhook.dead_letters': [...letters],
      ...(row.taken_at === null ? {} : { 'agency.webhook.taken': isoTime(row.taken_at) }),
      ...(row.secret_before_until === null ? {} : { 'agency.webhook.overlap.until': isoTime(row.secret_before_until) }),
      ...(test ? { 'agency.webhook.test': { ...test, at: isoTime(test.at) } } : {}),
    },
    actions: (row.state === 'disabled' ? ['rotate', 'enable'] : ['rotate', 'test', 'replay']).map((term) => actionScheme + term),
    links: [],
  };
}
