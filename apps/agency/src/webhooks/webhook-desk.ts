import { AgencyError } from '@cloud-agency/errors';
import type { Ids } from '@cloud-agency/runtime';
import { randomBytes } from 'node:crypto';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { type Json, json, type WebhookRow } from '../store/tables.js';
import { assertAllowed, type Destinations } from './destinations.js';

export interface NewWebhook {
  readonly tenant: string;
  /** Only the events of this call; null: all of the tenant's. */
  readonly cfp: string | null;
  readonly url: string;
  readonly events: Json<readonly string[]>;
  readonly secret: string;
}

export interface Rotation {
  /** Absent: one is made. */
  readonly secret: string | undefined;
  /** How long the one before signs too, ms. */
  readonly overlapMs: number;
}

/** Which dead letters go out again: one event, or those that were given up since a time, ms; neither: all. */
export interface Replay {
  readonly event: number | undefined;
  readonly since: number | undefined;
}

/** What clients do with their webhooks (docs/webhooks.md). */
export class WebhookDesk {
  constructor(
    private readonly store: AgencyStore,
    private readonly ids: Ids,
    private readonly destinations: Destinations,
  ) {}

  /** @throws AgencyError invalid-request for a URL that leads inside. */
  async create(webhook: NewWebhook): Promise<string> {
    assertAllowed(this.destinations, urlAttribute, webhook.url);
    return await this.store.work((work) => subscribe(work, this.ids, webhook));
  }

  /** A secret that is set takes the place of all there were. @throws AgencyError invalid-request as above. */
  async change(id: string, tenant: string, change: Partial<Pick<NewWebhook, 'url' | 'events' | 'secret'>>): Promise<void> {
    if (change.url !== undefined) assertAllowed(this.destinations, urlAttribute, change.url);
    const rest = change.secret === undefined ? {} : { secret_before: null, secret_before_until: null };
    if (Object.keys(change).length === 0) return;
    await this.store.work(async ({ tables }) => {
      await tables
        .updateTable('webhook')
        .set({ ...change, ...rest })
        .where('id', '=', id)
        .where('tenant', '=', tenant)
        .execute();
    });
  }

  /** Deletes it with what was to be posted to it. @throws AgencyError not-found. */
  async remove(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      await rowOf(work, id, tenant);
      await work.tables.deleteFrom('webhook').where('id', '=', id).execute();
      await work.tables.deleteFrom('delivery').where('webhook', '=', id).execute();
    });
  }

  /** The new secret signs from now on, the one before as well for the overlap. @returns the new one. @throws AgencyError not-found. */
  async rotate(id: string, tenant: string, { secret = newSecret(), overlapMs }: Rotation): Promise<string> {
    await this.store.work(async (work) => {
      const row = await rowOf(work, id, tenant);
      const before = overlapMs > 0 ? { secret_before: row.secret, secret_before_until: work.now + overlapMs } : noSecretBefore;
      await work.tables
        .updateTable('webhook')
        .set({ secret, ...before })
        .where('id', '=', id)
        .execute();
    });
    return secret;
  }

  /** Posts an event that nothing has brought about; what came of it is told on the webhook. @throws AgencyError not-found, conflict. */
  async test(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const row = await rowOf(work, id, tenant);
      assertEnabled(row);
      const test = json({ at: work.now, state: 'waiting' as const, message: '' });
      await work.tables.updateTable('webhook').set({ test }).where('id', '=', id).execute();
      await work.record({
        type: 'webhook.ping',
        tenant,
        subject: `/webhook/${id}`,
        ...(row.cfp === null ? {} : { cfp: row.cfp }),
        message: 'This is a test of the webhook.',
        data: { webhook: id },
        only: id,
      });
    });
  }

  /** A webhook that was disabled is posted to again; what it missed is among its dead letters. @throws AgencyError not-found, conflict. */
  async enable(id: string, tenant: string): Promise<void> {
    await this.store.work(async (work) => {
      const row = await rowOf(work, id, tenant);
      if (row.state !== 'disabled')
        throw new AgencyError('conflict', { message: `/webhook/${id} is not disabled: it is ${row.state}.` });
      await work.tables
        .updateTable('webhook')
        .set({ state: 'active', reason: '', failures: 0, failing_since: null, retrying: 0 })
        .where('id', '=', id)
        .execute();
    });
  }

  /**
   * Dead letters are tried again, as if they had just happened but for their ids; @returns how many.
   * @throws AgencyError not-found, also for an event that is no dead letter; conflict while it is disabled.
   */
  async replay(id: string, tenant: string, { event, since }: Replay): Promise<number> {
    return await this.store.work(async (work) => {
      assertEnabled(await rowOf(work, id, tenant));
      const { numUpdatedRows } = await work.tables
        .updateTable('delivery')
        .set({ state: 'waiting', attempts: 0, queued_at: work.now, next_at: work.now, dead_at: null, message: '' })
        .where('webhook', '=', id)
        .where('state', '=', 'dead')
        .$if(event !== undefined, (query) => query.where('event', '=', event ?? 0))
        .$if(since !== undefined, (query) => query.where('dead_at', '>=', since ?? 0))
        .executeTakeFirstOrThrow();
      if (event !== undefined && numUpdatedRows === 0n)
        throw new AgencyError('not-found', {
          what: `Event ${event} among the dead letters of /webhook/${id}`,
          hint: `GET /webhook/${id} lists those there are.`,
        });
      return Number(numUpdatedRows);
    });
  }
}

/** Keeps a webhook; from then on it is told. @returns its id. */
export async function subscribe(work: Work, ids: Ids, webhook: NewWebhook): Promise<string> {
  const id = ids.next();
  await work.tables
    .insertInto('webhook')
    .values({ id, ...webhook, state: 'active', failures: 0, created_at: work.now })
    .execute();
  return id;
}

export const newSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`;

const urlAttribute = 'agency.webhook.url';
const noSecretBefore = { secret_before: null, secret_before_until: null };

async function rowOf({ tables }: Work, id: string, tenant: string): Promise<WebhookRow> {
  const row = await tables.selectFrom('webhook').selectAll().where('id', '=', id).where('tenant', '=', tenant).executeTakeFirst();
  if (row) return row;
  throw new AgencyError('not-found', { what: `Webhook ${id}`, hint: 'GET /webhook/ lists those there are.' });
}

function assertEnabled({ id, state, reason }: WebhookRow): void {
  if (state === 'disabled')
    throw new AgencyError('conflict', {
      message: `/webhook/${id} is disabled: ${reason}. Enable it first: POST /webhook/${id}?action=enable.`,
    });
}
