import {
  type Assessment,
  type BusinessValues,
  closeBus,
  connectBus,
  consume,
  decoded,
  type EmbeddedServer,
  ensureStreams,
  type Figures,
  type FindingMessage,
  type ObserveMessage,
  type SampleBatch,
  type SamplesAnswer,
  sendSamples,
  startEmbeddedServer,
  StoredPublisher,
  subjects,
  type WatchMessage,
  encoded,
  type Readings,
} from '@cloud-agency/bus';
import { agencyRoles, createLog, randomIds, type RunningApp, systemClock } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '../src/main.js';

/** Every probe of these tests, ms. */
export const probing = { every: 100, timeout: 200, failures: 2 } as const;

export type Watched = Pick<WatchMessage, 'resources' | 'guarantees'> & { readonly url: string; readonly active?: boolean };

type Told = 'active' | 'period' | 'from' | 'until' | 'aggregators' | 'publishers';
export type Observed = Pick<ObserveMessage, 'collectors'> & Partial<Pick<ObserveMessage, Told>>;

/** The bus, and on it what the agency does towards the monitor: it says what to watch and takes what is found. */
export class AgencySide {
  readonly findings: FindingMessage[] = [];
  readonly assessments: Assessment[] = [];
  readonly figures: Figures[] = [];
  private readonly versions = new Map<string, number>();

  private constructor(
    readonly directory: string,
    readonly bus: EmbeddedServer,
    private readonly connection: NatsConnection,
    private readonly stopConsuming: () => Promise<void>,
  ) {}

  static async open(): Promise<AgencySide> {
    const directory = mkdtempSync(join(tmpdir(), 'monitor-'));
    const bus = await startEmbeddedServer({ directory: join(directory, 'bus'), token: 'test' });
    const connection = await connectBus(bus, 'test-agency');
    await ensureStreams(connection);
    const stopConsuming = await consume(connection, {
      stream: 'events',
      subject: subjects.finding,
      durable: 'agency',
      handle: (message) => {
        side.findings.push(message as FindingMessage);
        return Promise.resolve('done');
      },
      onError: (error) => {
        throw error;
      },
    });
    const side = new AgencySide(directory, bus, connection, stopConsuming);
    connection.subscribe(subjects.assessment, {
      callback: (_, message) => void side.assessments.push(decoded(message.data) as Assessment),
    });
    connection.subscribe(subjects.figures, {
      callback: (_, message) => void side.figures.push(decoded(message.data) as Figures),
    });
    return side;
  }

  async close(): Promise<void> {
    await this.stopConsuming();
    await closeBus(this.connection);
    await this.bus.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** A monitor in this process; without a database URL its store is a file. */
  async startMonitor(databaseUrl?: string): Promise<RunningApp> {
    return await start({
      settings: {
        host: '127.0.0.1',
        port: 8080,
        dataDirectory: this.store,
        natsUrl: this.bus.url,
        natsToken: this.bus.token,
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
      log: createLog('monitor', 'error'),
    });
  }

  get store(): string {
    return join(this.directory, 'store');
  }

  /** A new scene: nothing has been found, nothing is remembered. */
  clear(): void {
    this.findings.length = 0;
    this.assessments.length = 0;
    this.figures.length = 0;
    rmSync(this.store, { recursive: true, force: true });
  }

  /** Sends the whole state of an agreement, under the next version. */
  async watch(agreement: string, { resources, guarantees, url, active = true }: Watched): Promise<WatchMessage> {
    const version = (this.versions.get(agreement) ?? 0) + 1;
    this.versions.set(agreement, version);
    return await this.send({
      id: randomIds.next(),
      conversation: agreement,
      sender: 'test-agency',
      sequence: version,
      previous: version - 1,
      sentAt: new Date().toISOString(),
      performative: 'watch',
      agreement,
      version,
      active,
      resources,
      probes: [{ of: 'web', http: url, ...probing }],
      guarantees,
    });
  }

  /** As a vendor's agent tells what its vendor measures. */
  tell(readings: Readings): void {
    this.connection.publish(subjects.readings, encoded(readings));
  }

  /** As a vendor's agent tells what its machines cost. */
  value(values: BusinessValues): void {
    this.connection.publish(subjects.values, encoded(values));
  }

  /** Sends the whole of what is to be measured for a sensor, under the next version. */
  async observe(sensor: string, wanted: Observed): Promise<void> {
    const version = (this.versions.get(sensor) ?? 0) + 1;
    this.versions.set(sensor, version);
    await new StoredPublisher(this.connection).publish(subjects.observe, {
      id: randomIds.next(),
      conversation: sensor,
      sender: 'test-agency',
      sequence: version,
      previous: version - 1,
      sentAt: new Date().toISOString(),
      performative: 'observe',
      sensor,
      version,
      active: true,
      period: 60_000,
      from: new Date(Date.now() - 1_000).toISOString(),
      until: null,
      aggregators: [],
      publishers: [],
      ...wanted,
    });
  }

  async send(message: WatchMessage): Promise<WatchMessage> {
    await new StoredPublisher(this.connection).publish(subjects.watch, message);
    return message;
  }

  /** As an ingest endpoint hands on what a machine has pushed. */
  async push(batch: SampleBatch): Promise<SamplesAnswer> {
    return await sendSamples(this.connection, batch);
  }

  /** Resolves once the monitor has told how things stand again. */
  async tick(): Promise<void> {
    const before = this.assessments.length;
    while (this.assessments.length === before) await new Promise(setImmediate);
  }

  figuresOf(sensor: string): Figures | undefined {
    return this.figures.findLast((figures) => figures.sensor === sensor);
  }

  told(): string[] {
    return this.findings.map(({ finding }) => finding);
  }

  latest(agreement: string): Assessment | undefined {
    return this.assessments.findLast((assessment) => assessment.agreement === agreement);
  }

  healthOf(agreement: string, resource: string): string | undefined {
    return this.latest(agreement)?.health.find((machine) => machine.resource === resource)?.state;
  }
}

export const target = (resource: string, address: string, placement = `${resource}-1`): Watched['resources'][number] => ({
  resource,
  item: 'web',
  placement,
  address,
});
