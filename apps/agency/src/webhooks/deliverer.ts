import { type AppContext, isoTime } from '@cloud-agency/runtime';
import axios from 'axios';
import { Webhook } from 'standardwebhooks';
import type { AgencyStore } from '../store/agency-store.js';
import { parsed } from '../store/tables.js';
import { alone, keepingOf } from '../store/leases.js';
import { WorkLoop } from '../store/work-loop.js';

const timeoutMs = 10_000;
/** Waits between tries, ms; after the last the delivery is dead. Together about a day. */
const waits = [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 28_800_000];

/**
 * Announces events to the clients' webhooks: a CloudEvents envelope, signed as Standard Webhooks has it, in the order the events happened,
 * again and again until the receiver takes it.
 */
export class Deliverer {
  private readonly loop: WorkLoop;

  constructor(
    private readonly store: AgencyStore,
    private readonly context: Pick<AppContext, 'clock' | 'log'>,
    /** Who holds the leases. */
    owner: string,
  ) {
    this.loop = new WorkLoop(store, context, {
      name: 'webhook',
      reads: ['delivery'],
      due: (now) => this.due(now),
      step: (id) => alone(store.tables, 'webhook', id, keepingOf(context, owner), () => this.deliverNext(id)),
    });
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** Webhooks whose oldest waiting delivery is due; later ones wait for it, so order holds. */
  private async due(now: number): Promise<readonly string[]> {
    const rows = await this.store.tables
      .selectFrom('delivery')
      .select(['webhook', (from) => from.fn.min('event').as('first')])
      .where('state', '=', 'waiting')
      .groupBy('webhook')
      .execute();
    const due: string[] = [];
    for (const { webhook, first } of rows) {
      const delivery = await this.store.tables
        .selectFrom('delivery')
        .select('next_at')
        .where('webhook', '=', webhook)
        .where('event', '=', first)
        .executeTakeFirst();
      if (delivery && delivery.next_at <= now) due.push(webhook);
    }
    return due;
  }

  private async deliverNext(webhookId: string): Promise<void> {
    const row = await this.store.tables
      .selectFrom('delivery')
      .innerJoin('webhook', 'webhook.id', 'delivery.webhook')
      .innerJoin('event', 'event.id', 'delivery.event')
      .select([
        'delivery.id as delivery',
        'delivery.attempts as attempts',
        'delivery.next_at as nextAt',
        'webhook.url as url',
        'webhook.secret as secret',
      ])
      .select([
        'event.id as id',
        'event.type as type',
        'event.at as at',
        'event.subject as subject',
        'event.message as message',
        'event.body as body',
      ])
      .where('delivery.webhook', '=', webhookId)
      .where('delivery.state', '=', 'waiting')
      .orderBy('delivery.event')
      .executeTakeFirst();
    // Another process may have tried it a moment ago.
    if (!row || row.nextAt > this.context.clock.now()) return;
    const problem = await send(row, this.context.clock.now());
    await (problem === undefined
      ? this.delivered(webhookId, row.delivery)
      : this.failed(webhookId, row.delivery, row.attempts, problem));
  }

  private async delivered(webhook: string, delivery: string): Promise<void> {
    await this.store.tables.transaction().execute(async (tables) => {
      await tables.updateTable('delivery').set({ state: 'delivered', message: '' }).where('id', '=', delivery).execute();
      await tables.updateTable('webhook').set({ state: 'active', failures: 0 }).where('id', '=', webhook).execute();
    });
  }

  private async failed(webhook: string, delivery: string, attempts: number, problem: string): Promise<void> {
    const wait = waits[attempts];
    const state = wait === undefined ? 'dead' : 'waiting';
    this.context.log.info({ webhook, delivery, attempts: attempts + 1 }, `A webhook did not take an event: ${problem}`);
    await this.store.tables.transaction().execute(async (tables) => {
      await tables
        .updateTable('delivery')
        .set({ state, attempts: attempts + 1, next_at: this.context.clock.now() + (wait ?? 0), message: problem })
        .where('id', '=', delivery)
        .execute();
      await tables
        .updateTable('webhook')
        .set((set) => ({ state: 'failing' as const, failures: set('failures', '+', 1) }))
        .where('id', '=', webhook)
        .execute();
    });
  }
}

interface Announced {
  readonly url: string;
  readonly secret: string;
  readonly id: number;
  readonly type: string;
  readonly at: number;
  readonly subject: string;
  readonly message: string;
  readonly body: string;
}

/** Undefined once the receiver answered 2xx; else why not. */
async function send(event: Announced, now: number): Promise<string | undefined> {
  const id = `msg_${String(event.id)}`;
  const body = JSON.stringify({
    specversion: '1.0',
    id,
    source: '/',
    type: event.type,
    time: isoTime(event.at),
    timestamp: isoTime(event.at),
    subject: event.subject,
    datacontenttype: 'application/json',
    data: { message: event.message, ...parsed(event.body as string & { __content?: object }) },
  });
  const sentAt = new Date(now);
  try {
    await axios.post(event.url, body, {
      timeout: timeoutMs,
      maxRedirects: 0,
      headers: {
        'content-type': 'application/cloudevents+json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
        'webhook-signature': new Webhook(event.secret).sign(id, sentAt, body),
      },
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
