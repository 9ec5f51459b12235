import { closeBus, connectBus, ensureStreams, startEmbeddedServer, StoredPublisher } from '@cloud-agency/bus';
import { type AgencyConfig, type Clock, createLog, randomIds, readSettings } from '@cloud-agency/runtime';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AgencyStore } from '../../src/store/agency-store.js';
import type { EventType } from '../../src/store/events.js';
import { json } from '../../src/store/tables.js';
import { Deliverer } from '../../src/webhooks/deliverer.js';
import { Destinations } from '../../src/webhooks/destinations.js';
import { newSecret, WebhookDesk } from '../../src/webhooks/webhook-desk.js';

/** Stands still until it is moved; what falls due on the way runs once. */
export class StillClock implements Clock {
  private time = Date.parse('2026-03-01T00:00:00Z');
  private readonly tasks = new Set<{ due: number; readonly run: () => void; readonly every?: number }>();

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    return this.plan({ due: this.time + ms, run });
  }

  every(ms: number, run: () => void): () => void {
    return this.plan({ due: this.time + ms, run, every: ms });
  }

  moveOn(ms: number): void {
    this.time += ms;
    for (const task of [...this.tasks].filter(({ due }) => due <= this.time)) {
      if (task.every === undefined) this.tasks.delete(task);
      else task.due = this.time + task.every;
      task.run();
    }
  }

  private plan(task: { due: number; readonly run: () => void; readonly every?: number }): () => void {
    this.tasks.add(task);
    return () => this.tasks.delete(task);
  }
}

export interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly subject: string;
  readonly number: number;
}

/** Somebody's endpoint: keeps what is posted to it, and answers as it is told. */
export class Receiver {
  readonly posted: Posted[] = [];
  /** Status and headers of the next answers; undefined: none, the connection stays open. */
  answer: (posted: Posted) => { readonly status: number; readonly headers?: Record<string, string> } | undefined = () => ({
    status: 204,
  });
  connections = 0;
  private readonly held: ServerResponse[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(): Promise<Receiver> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new Receiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
    server.on('connection', () => (receiver.connections += 1));
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        const event = JSON.parse(body) as { subject: string; data: { number?: number } };
        const posted = { headers: request.headers, body, subject: event.subject, number: event.data.number ?? -1 };
        receiver.posted.push(posted);
        const answer = receiver.answer(posted);
        if (answer) response.writeHead(answer.status, answer.headers).end();
        else receiver.held.push(response);
      });
    });
    return receiver;
  }

  /** Numbers of the events that were posted about an entity, in their order. */
  about(subject: string): readonly number[] {
    return this.posted.filter((one) => one.subject === subject).map(({ number }) => number);
  }

  /** Takes whatever it has left without an answer. */
  release(): void {
    for (const response of this.held.splice(0)) response.writeHead(204).end();
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

/** A store and what delivers from it, with a clock that stands still. */
export class WebhookWorld {
  readonly clock = new StillClock();
  readonly desk: WebhookDesk;
  private readonly receivers: Receiver[] = [];
  private deliverers: Deliverer[] = [];
  private happened = 0;

  private constructor(
    readonly store: AgencyStore,
    private readonly contextOf: (clock: Clock) => ConstructorParameters<typeof Deliverer>[1],
    private readonly ends: readonly (() => Promise<void>)[],
    destinations: Destinations,
  ) {
    this.desk = new WebhookDesk(store, randomIds, destinations);
  }

  static async open(environment: Record<string, string> = {}, config: Partial<AgencyConfig> = {}): Promise<WebhookWorld> {
    const directory = await mkdtemp(join(tmpdir(), 'agency-webhooks-'));
    const bus = await startEmbeddedServer({ directory, token: 'hooks' });
    const connection = await connectBus(bus, 'hooks');
    await ensureStreams(connection);
    const settings = readSettings({ AGENCY_DATA: directory, ...environment }, { accounts: [], rates: {}, ...config });
    const log = createLog('hooks', 'silent');
    const clock = { current: undefined as Clock | undefined };
    const context = {
      settings,
      ids: randomIds,
      log,
      clock: { now: () => clock.current?.now() ?? 0, after: () => () => undefined, every: () => () => undefined },
    };
    const store = await AgencyStore.open(context, connection, new StoredPublisher(connection));
    const ends = [
      () => store.close(),
      () => closeBus(connection),
      () => bus.stop(),
      () => rm(directory, { recursive: true, force: true }),
    ];
    const world = new WebhookWorld(store, (own) => ({ settings, log, clock: own }), ends, new Destinations(settings));
    clock.current = world.clock;
    return world;
  }

  /** Starts what delivers; each call is one more process, as far as leases go. */
  deliver(owner = 'one', clock: Clock = this.clock): Deliverer {
    const deliverer = new Deliverer(this.store, this.contextOf(clock), owner, () => 0.5);
    this.deliverers.push(deliverer);
    return deliverer;
  }

  async stopDelivering(): Promise<void> {
    await Promise.all(this.deliverers.map((deliverer) => deliverer.stop()));
    this.deliverers = [];
  }

  async receiver(): Promise<Receiver> {
    const receiver = await Receiver.open();
    this.receivers.push(receiver);
    return receiver;
  }

  /** @returns its id. */
  async subscribe(url: string, secret = newSecret()): Promise<string> {
    return await this.desk.create({ tenant: 'a', cfp: null, url, events: json(['*']), secret });
  }

  /** @returns the number that the event carries. */
  async happens(subject: string, type: EventType = 'resource.down', data: object = {}): Promise<number> {
    this.happened += 1;
    const number = this.happened;
    await this.store.work((work) =>
      work.record({ type, tenant: 'a', subject, message: `${type} of ${subject}`, data: { ...data, number } }),
    );
    return number;
  }

  async row(webhook: string) {
    return await this.store.tables.selectFrom('webhook').selectAll().where('id', '=', webhook).executeTakeFirstOrThrow();
  }

  async deliveries(webhook: string) {
    return await this.store.tables.selectFrom('delivery').selectAll().where('webhook', '=', webhook).orderBy('event').execute();
  }

  /** Moves time on, a little at a time, until it is so. */
  async until(condition: () => boolean | Promise<boolean>, stepMs = 250): Promise<void> {
    const late = Date.now() + 20_000;
    while (!(await condition())) {
      if (Date.now() > late) throw new Error('It never came to be');
      this.clock.moveOn(stepMs);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async close(): Promise<void> {
    await this.stopDelivering();
    await Promise.all(this.receivers.map((receiver) => receiver.close()));
    for (const end of this.ends) await end();
  }
}
