import { AgencyError } from '@cloud-agency/errors';
import type { AgentSettings, Clock, Log } from '@cloud-agency/runtime';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../enrolment/preparing.js';
import { Enrolment } from '../enrolment/enrolment.js';
import { type Keeping, openAuthority } from '../enrolment/keeping.js';
import type { Ingest } from '../ingest/ingest.js';
import type { AgencyStore } from '../store/agency-store.js';
import { type AgentServer, listenForAgents } from './server.js';

export interface DoorParts {
  readonly store: AgencyStore;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly log: Log;
  /** The agent, as machines fetch it. */
  readonly script: string;
  readonly host: string;
  readonly settings: AgentSettings;
  /** Whether other processes work on the same store. */
  readonly shared: boolean;
  /** @throws AgencyError invalid-setting where nothing is said of it. */
  readonly keeping: () => Keeping;
}

/** The door's certificate lasts for thirty days. */
const recertifyEveryMs = 24 * 3_600_000;

/**
 * Where the agents of resources come in: a port of its own, with TLS on both sides (docs/resource-agent.md). It is open from the start where a
 * port is named, or where it was open before; else from when the first call wants an agent.
 */
export class Door {
  private opening: Promise<AgentServer> | undefined;
  private readonly endings: (() => void)[] = [];

  constructor(private readonly parts: DoorParts) {}

  /** To be called at start. @throws AgencyError port-in-use, invalid-setting, data-directory-damaged. */
  async openIfWanted(): Promise<void> {
    const { settings, shared } = this.parts;
    if (settings.port === 'off') return;
    if (settings.port !== undefined || (!shared && (await this.before()) !== undefined)) await this.open();
  }

  /** Resolves once agents can come. @throws AgencyError unsupported when they cannot here: what to do about it. */
  async expect(path: string): Promise<void> {
    const { settings, shared } = this.parts;
    if (settings.port === 'off') throw unsupported(path, 'AGENCY_AGENT_PORT is off, so no machine can bring its agent in');
    if (settings.port === undefined && shared)
      throw unsupported(
        path,
        'several processes share this Agency: say with AGENCY_AGENT_PORT where one of them listens for agents',
      );
    await this.open();
  }

  async close(): Promise<void> {
    for (const end of this.endings) end();
    await (await this.opening?.catch(() => undefined))?.close();
  }

  private async open(): Promise<void> {
    this.opening ??= this.listen().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    await this.opening;
  }

  private async listen(): Promise<AgentServer> {
    const { store, ingest, clock, log, script, host, settings } = this.parts;
    const server = await listenForAgents({ host, port: await this.port(), script, ingest, log });
    try {
      const url = settings.url ?? this.urlOf(server.address);
      const authority = await openAuthority(store, this.parts.keeping(), { url, script: digestOf(script) });
      const certify = async (): Promise<void> => {
        server.certify(
          await authority.forDoor([new URL(url).hostname.replace(/^\[|\]$/g, ''), host, 'localhost'], clock.now()),
          authority,
        );
      };
      await certify();
      server.admit(new Enrolment(store, authority, settings.certificateMs, log));
      this.endings.push(clock.every(recertifyEveryMs, () => void certify()));
      log.info({ url }, 'Agents of resources can come in');
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** That of the last time, so that machines find it again; 0: any. */
  private async port(): Promise<number> {
    const { port } = this.parts.settings;
    if (typeof port === 'number') return port;
    const before = await this.before();
    return before === undefined ? 0 : Number(new URL(before).port || '443');
  }

  private async before(): Promise<string | undefined> {
    return (await this.parts.store.tables.selectFrom('agent_door').select('url').executeTakeFirst())?.url;
  }

  private urlOf({ port }: AddressInfo): string {
    const { host } = this.parts;
    if (host === '0.0.0.0' || host === '::')
      throw new AgencyError('invalid-setting', {
        message: `AGENCY_HOST is ${host}, which is no address to connect to. Say with AGENCY_AGENT_URL where machines find this Agency: https://<name>:${String(port)}.`,
      });
    return `https://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
  }
}

const unsupported = (path: string, message: string): AgencyError => new AgencyError('unsupported', { path, message });
