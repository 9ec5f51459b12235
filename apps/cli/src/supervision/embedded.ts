/** The embedded mode: agency, vendor agents and monitor in this process, the testbed and nats-server as children (ARCHITECTURE.md, Modes). */
import { startEmbeddedServer } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import {
  type AgencyConfig,
  createLog,
  measureProcess,
  openDataDirectory,
  randomIds,
  readConfig,
  readSettings,
  type Settings,
  type StartApp,
  systemClock,
  withTestbedAccounts,
} from '@cloud-agency/runtime';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { ReadFile } from '../call-file.js';
import { AgencyClient } from '../client.js';
import { bundleOf } from './bundle.js';
import { openLogFile } from './log-file.js';
import { Parts, type PartName } from './parts.js';
import { checkPort } from './port.js';
import { startTestbed } from './testbed.js';

export interface EmbeddedOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadFile;
  /** Ends the start where it is. */
  readonly signal: AbortSignal;
  /** Hears what is being done. */
  readonly progress: (text: string) => void;
}

export interface EmbeddedAgency {
  readonly url: string;
  readonly logFile: string;
  readonly testbedUrl: string | undefined;
  /** Rejects when a child ends that was not stopped. */
  readonly lost: Promise<never>;
  /** @returns what did not end in order. */
  stop(): Promise<readonly PartName[]>;
}

const appNames = ['agency', 'vendor-agents', 'monitor'] as const;
const readyWithinMs = 60_000;

/**
 * Starts everything and resolves once the Agency is ready. What fails on the way is thrown after all that was started has been stopped.
 * @throws AgencyError of every reason why it cannot start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedAgency> {
  const config = readConfig(options.environment.AGENCY_CONFIG, { read: options.readFile });
  const settings = readSettings(options.environment, config);
  assertBesideTestbed(settings);
  await checkPort(settings.host, settings.port);
  const start = new EmbeddedStart(settings, options);
  try {
    return await start.run();
  } catch (error) {
    await start.parts.stop();
    throw error;
  }
}

class EmbeddedStart {
  readonly parts = new Parts();
  private readonly losses: Promise<never>[] = [];
  private testbedUrl: string | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly options: EmbeddedOptions,
  ) {}

  async run(): Promise<EmbeddedAgency> {
    const { dataDirectory, host, port } = this.settings;
    const directory = openDataDirectory(dataDirectory);
    this.parts.add('data directory', () => {
      directory.release();
    });
    const { file: logFile, stream: log } = openLogFile(dataDirectory);
    this.parts.add('log', () => new Promise((resolve) => log.end(resolve)));
    this.options.progress(runsTestbed(this.settings.config) ? 'Starting the bus and the simulated clouds' : 'Starting the bus');
    // Loading the apps takes a processor for a second or two; meanwhile the children come up on another.
    const [bus, config, apps] = await together([() => this.startBus(), () => this.accounts(log), loadApps] as const);
    this.options.progress('Starting the agency, the vendor agents and the monitor');
    await this.startApps(apps, { ...this.settings, ...bus, config }, log);
    const url = `http://${reachable(host)}:${port}/`;
    const lost = Promise.race(this.losses);
    lost.catch(() => undefined);
    await Promise.race([this.ready(url), lost]);
    return { url, logFile, testbedUrl: this.testbedUrl, lost, stop: () => this.parts.stop() };
  }

  private async startBus(): Promise<Pick<Settings, 'natsUrl' | 'natsToken'>> {
    if (this.settings.natsUrl) return {};
    const directory = join(this.settings.dataDirectory, 'nats');
    const server = await startEmbeddedServer({ directory, token: randomBytes(24).toString('base64url') });
    this.parts.add('bus', () => server.stop());
    this.loss('The embedded NATS server', server.lost);
    return { natsUrl: server.url, natsToken: server.token };
  }

  /** The configured accounts, and those of the testbed where it takes part. */
  private async accounts(log: Writable): Promise<AgencyConfig> {
    const { config, dataDirectory } = this.settings;
    if (!runsTestbed(config)) return await withTestbedAccounts(config, systemClock);
    const testbed = await startTestbed({ environment: this.options.environment, dataDirectory, log });
    this.parts.add('testbed', () => testbed.stop());
    this.loss('The testbed', testbed.lost);
    this.testbedUrl = testbed.url;
    return await withTestbedAccounts({ ...config, testbed: testbed.url }, systemClock);
  }

  private async startApps(apps: readonly LoadedApp[], settings: Settings, log: Writable): Promise<void> {
    this.options.signal.throwIfAborted();
    measureProcess();
    // On the terminal only what needs it; in a file, what happened as well.
    const level = this.options.environment.AGENCY_LOG ? settings.logLevel : 'info';
    await together(
      apps.map(({ name, start }) => async () => {
        const app = await start({ settings, clock: systemClock, ids: randomIds, log: createLog(name, level, log) });
        this.parts.add(name, () => app.stop());
      }),
    );
  }

  private async ready(url: string): Promise<void> {
    this.options.progress('Waiting for the vendor agents to load their offers');
    const client = new AgencyClient(url);
    const deadline = Date.now() + readyWithinMs;
    for (;;) {
      this.options.signal.throwIfAborted();
      const { ready, parts } = await client.readiness();
      if (ready) return;
      if (Date.now() > deadline)
        throw new AgencyError('child-ended', {
          what: 'The start',
          reason: `not ready within ${readyWithinMs / 1000} s: ${JSON.stringify(parts)}`,
        });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private loss(what: string, lost: Promise<string>): void {
    const failure = lost.then((reason) => {
      throw new AgencyError('child-ended', { what, reason });
    });
    failure.catch(() => undefined);
    this.losses.push(failure);
  }
}

/** The testbed's instances answer on port 8080 of their own loopback addresses, which a wildcard address takes in (ARCHITECTURE.md, Modes). */
function assertBesideTestbed({ host, port, config }: Settings): void {
  if (port !== 8080 || !isWildcard(host) || !runsTestbed(config)) return;
  throw new AgencyError('invalid-setting', {
    message: `AGENCY_HOST is ${host} and AGENCY_PORT 8080, where the simulated clouds' instances answer. Choose another AGENCY_PORT, or an AGENCY_HOST of this machine.`,
  });
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';
const reachable = (host: string): string => (isWildcard(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host);

interface LoadedApp {
  readonly name: (typeof appNames)[number];
  readonly start: StartApp;
}

async function loadApps(): Promise<readonly LoadedApp[]> {
  return await Promise.all(
    appNames.map(async (name) => {
      const { start } = (await import(bundleOf(name).href)) as { start: StartApp };
      return { name, start };
    }),
  );
}

/** The testbed runs by default only when there is nothing else to broker. */
const runsTestbed = ({ accounts, testbed }: AgencyConfig): boolean =>
  testbed === 'on' || (testbed === undefined && accounts.length === 0);

/** Starts things at the same time. When one fails, the others are waited for, so that everything that did start is known and can be stopped. */
async function together<T extends readonly (() => Promise<unknown>)[]>(
  tasks: T,
): Promise<{ -readonly [K in keyof T]: Awaited<ReturnType<T[K]>> }> {
  const outcomes = await Promise.allSettled(tasks.map((task) => task()));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as never;
}
