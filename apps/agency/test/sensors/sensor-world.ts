import {
  closeBus,
  connectBus,
  encoded,
  ensureStreams,
  type Figures,
  type ObserveMessage,
  startEmbeddedServer,
  StoredPublisher,
  subjects,
} from '@cloud-agency/bus';
import { standardRegistry } from '@cloud-agency/occi';
import { agencyRoles, type AppContext, createLog, randomIds, systemClock } from '@cloud-agency/runtime';
import axios, { type AxiosResponse } from 'axios';
import type { NatsConnection } from '@nats-io/transport-node';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databases } from '../../../../libs/store/test/databases.js';
import { Stewardship } from '../../src/calls/stewardship.js';
import { openFront, type OpenFront } from '../../src/front/open-front.js';
import { CollectorSource } from '../../src/front/sources/collectors.js';
import { type ComputeRooms, ComputeSource } from '../../src/front/sources/computes.js';
import { SensorSource } from '../../src/front/sources/sensors.js';
import { VendorRegistry } from '../../src/mediation/registry.js';
import { Collectors } from '../../src/sensors/collectors.js';
import { LatestFigures } from '../../src/sensors/figures.js';
import { Sensors } from '../../src/sensors/sensors.js';
import { AgencyStore } from '../../src/store/agency-store.js';
import { json } from '../../src/store/tables.js';
import { Tags } from '../../src/tags/tags.js';
import { MemoryFeed } from '../front/world.js';

export interface Shown {
  readonly id: string;
  readonly mixins: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links?: readonly { readonly id: string; readonly target: { readonly location: string } }[];
}

export interface MachineOptions {
  readonly tenant?: string;
  readonly agreement?: string;
  readonly address?: string | null;
}

/** The front over a real store and a real bus, with two tenants. What is sent to the monitor stays in the outbox, for nobody takes it. */
export class SensorWorld {
  private constructor(
    readonly store: AgencyStore,
    readonly front: OpenFront,
    private readonly connection: NatsConnection,
    private readonly end: () => Promise<void>,
  ) {}

  static async open(database: string): Promise<SensorWorld> {
    const openTestDatabase = databases[database];
    if (!openTestDatabase) throw new Error(`There is no database ${database}`);
    const testDatabase = await openTestDatabase();
    const { place } = testDatabase;
    const directory = await mkdtemp(join(tmpdir(), 'agency-sensors-'));
    const bus = await startEmbeddedServer({ directory, token: 'test' });
    const connection = await connectBus(bus, 'test');
    await ensureStreams(connection);
    const context = contextOf(place.directory, place.databaseUrl);
    const store = await AgencyStore.open(context, connection, new StoredPublisher(connection));
    const figures = new LatestFigures();
    figures.start(connection, context.log);
    const front = await openFront({
      host: '127.0.0.1',
      port: 0,
      sources: [
        new ComputeSource(store, roomsOf(store, context)),
        new SensorSource(store, new Sensors(store, context.ids), figures, context.clock),
        new CollectorSource(store, new Collectors(store, context.ids, standardRegistry(['debian-12'])), figures),
      ],
      admission: { admit: ({ authorization }) => Promise.resolve(authorization ?? 'a'), admitOperator: () => undefined },
      tags: new Tags(store.tables, context.clock),
      ingest: { begin: () => undefined, machineFor: nobody, take: nobody },
      desk: { submit: () => Promise.reject(new Error('no calls here')) },
      feed: new MemoryFeed(),
      measured: {
        history: async ({ resource, metric }) => await Promise.resolve({ resource, metric, step: 60_000, series: [] }),
        statistics: async () => await Promise.resolve([]),
        prices: async () => await Promise.resolve([]),
      },
      readiness: { check: () => Promise.resolve({ ready: true, parts: {} }) },
      templates: new Map(),
      images: ['debian-12'],
      version: '1.2.3',
      clock: context.clock,
      ids: context.ids,
      log: context.log,
    });
    return new SensorWorld(store, front, connection, async () => {
      await front.close();
      figures.stop();
      await store.close();
      await closeBus(connection);
      await bus.stop();
      await rm(directory, { recursive: true, force: true });
      await testDatabase.end();
    });
  }

  async close(): Promise<void> {
    await this.end();
  }

  get base(): string {
    return this.front.url.slice(0, -1);
  }

  async send(
    method: string,
    path: string,
    body?: string | object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<AxiosResponse<string>> {
    const type = typeof body === 'object' ? 'application/occi+json' : 'text/plain';
    return await axios.request<string>({
      method,
      url: new URL(path, this.front.url).href,
      headers: { Accept: 'application/occi+json', ...(body === undefined ? {} : { 'Content-Type': type }), ...headers },
      ...(body === undefined ? {} : { data: typeof body === 'object' ? JSON.stringify(body) : body }),
      proxy: false,
      validateStatus: () => true,
      transformRequest: (data: unknown) => data,
      transformResponse: (data: unknown) => data,
    });
  }

  async get(path: string): Promise<Shown> {
    const { status, data } = await this.send('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${String(status)} ${data}`);
    return JSON.parse(data) as Shown;
  }

  /** Creates it, and resolves to its path. */
  async create(collection: string, body: object): Promise<string> {
    const { status, data, headers } = await this.send('POST', collection, body);
    if (status !== 201) throw new Error(`POST ${collection}: ${String(status)} ${data}`);
    return new URL(String(headers.location)).pathname;
  }

  /** A machine of an agreement, as provisioning would leave it. */
  async compute(
    id: string,
    { tenant = 'a', agreement = 'agreement', address = '127.0.0.1' }: MachineOptions = {},
  ): Promise<string> {
    await this.store.work(async ({ tables, now }) => {
      const exists = await tables.selectFrom('agreement').select('id').where('id', '=', agreement).executeTakeFirst();
      if (!exists)
        await tables
          .insertInto('agreement')
          .values(agreementRow(agreement, tenant, now))
          .execute();
      const common = { cfp: 'call', agreement, item: 'web' };
      const resource = { ...common, origin: 'call' as const, given: json({}), message: '', task: null };
      await tables
        .insertInto('resource')
        .values({ ...resource, id, tenant, title: id, state: 'active', placement: `${id}-1`, created_at: now })
        .execute();
      await tables
        .insertInto('placement')
        .values(placementRow(`${id}-1`, { ...common, resource: id, address }, now))
        .execute();
    });
    return `/compute/${id}`;
  }

  /** All that was sent to the monitor of a sensor, oldest first. */
  async observed(sensorPath: string): Promise<readonly ObserveMessage[]> {
    const rows = await this.store.tables
      .selectFrom('outbox')
      .select('body')
      .where('conversation', '=', sensorPath.slice('/sensor/'.length))
      .orderBy('sequence')
      .execute();
    return rows.map(({ body }) => JSON.parse(body) as ObserveMessage);
  }

  async lastObserved(sensorPath: string): Promise<ObserveMessage> {
    const last = (await this.observed(sensorPath)).at(-1);
    if (!last) throw new Error(`Nothing was sent of ${sensorPath}`);
    return last;
  }

  /** As the monitor would. */
  async tell(figures: Figures): Promise<void> {
    this.connection.publish(subjects.figures, encoded(figures));
    await this.connection.flush();
  }
}

/** Here computes are neither ordered nor operated. */
const roomsOf = (store: AgencyStore, context: AppContext): ComputeRooms =>
  ({ stewardship: new Stewardship(store), vendors: new VendorRegistry(store, context) }) as unknown as ComputeRooms;

function contextOf(dataDirectory: string, databaseUrl: string | undefined): AppContext {
  return {
    settings: {
      host: '127.0.0.1',
      port: 0,
      dataDirectory,
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
      roles: agencyRoles,
      auth: 'none',
      tokens: [],
      rateLimit: 0,
      logLevel: 'error',
      config: { accounts: [], rates: {} },
    },
    clock: systemClock,
    ids: randomIds,
    log: createLog('test', 'silent'),
  };
}

export const agreementRow = (id: string, tenant: string, now: number) => ({
  id,
  cfp: 'call',
  proposal: 'p',
  tenant,
  name: id,
  state: 'accepted' as const,
  agreed_at: now,
  effective_from: now,
  effective_until: null,
  terms: json([]),
  watch_version: 0,
  created_at: now,
  removed: 0,
});

export const placementRow = (
  id: string,
  of: { cfp: string; agreement: string; item: string; resource: string; address: string | null },
  now: number,
) => ({
  ...of,
  id,
  agent: 'aws',
  offer: JSON.stringify({
    id: 'o',
    agent: 'aws',
    vendor: 'aws',
    region: 'r',
    zone: 'z',
    instanceType: 'm1',
    price: 1,
    market: 'on-demand',
    cores: 1,
    memory: 1,
    architecture: 'x64',
  }),
  offer_id: 'o',
  state: 'active' as const,
  replaces: null,
  vendor_id: 'v',
  reason: null,
  message: '',
  requested_at: now,
  active_at: now,
  lease_owner: null,
  lease_until: null,
  epoch: 0,
});

/** The call that all machines here come from; once is enough. */
export async function insertCall(tables: AgencyStore['tables']): Promise<void> {
  const call = { probes: [], guarantees: [], reactions: [] };
  await tables
    .insertInto('cfp')
    .values({
      id: 'call',
      tenant: 'a',
      name: 'call',
      state: 'fulfilled',
      message: '',
      round: 1,
      document: '',
      call: JSON.stringify(call),
      answers: '[]',
      explanation: 'null',
      offers: 0,
      accepted_cost: null,
      deadline: null,
      due: 0,
      created_at: 0,
      updated_at: 0,
      version: 1,
      removed: 0,
      lease_owner: null,
      lease_until: null,
      epoch: 0,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

const nobody = (): Promise<never> => Promise.reject(new Error('nothing is told here'));
