import { closeBus, connectBus, ensureStreams, startEmbeddedServer, StoredPublisher } from '@cloud-agency/bus';
import { createLog, randomIds, readSettings } from '@cloud-agency/runtime';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databases } from '../../../../libs/store/test/databases.js';
import type { Authority } from '../../src/enrolment/authority.js';
import { Enrolment } from '../../src/enrolment/enrolment.js';
import { openAuthority } from '../../src/enrolment/keeping.js';
import { prepareAgent } from '../../src/enrolment/preparing.js';
import { AgencyStore } from '../../src/store/agency-store.js';
import { json, type PlacementState } from '../../src/store/tables.js';

export const address = '127.9.9.9';
const lasting = 24 * 3_600_000;

/** The records of the Agency over a real store, with a clock that is set by hand. */
export class EnrolmentWorld {
  private constructor(
    private readonly time: { now: number },
    readonly store: AgencyStore,
    readonly authority: Authority,
    readonly enrolment: Enrolment,
    readonly directory: string,
    private readonly end: () => Promise<void>,
  ) {}

  static async open(database: string): Promise<EnrolmentWorld> {
    const testDatabase = await databases[database]!();
    const directory = await mkdtemp(join(tmpdir(), 'agency-enrolment-'));
    const bus = await startEmbeddedServer({ directory, token: 'test' });
    const connection = await connectBus(bus, 'test');
    await ensureStreams(connection);
    const { databaseUrl, directory: dataDirectory } = testDatabase.place;
    const environment = { AGENCY_DATA: dataDirectory, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) };
    const time = { now: Date.now() };
    const clock = { now: () => time.now, after: () => () => undefined, every: () => () => undefined };
    const log = createLog('enrolment', 'silent');
    const settings = readSettings(environment, { accounts: [], rates: {} });
    const store = await AgencyStore.open({ settings, clock, ids: randomIds, log }, connection, new StoredPublisher(connection));
    const authority = await openAuthority(store, { directory }, { url: 'https://127.0.0.1:1', script: 'f00d' });
    return new EnrolmentWorld(time, store, authority, new Enrolment(store, authority, lasting, log), directory, async () => {
      await store.close();
      await closeBus(connection);
      await bus.stop();
      await rm(directory, { recursive: true, force: true });
      await testDatabase.end();
    });
  }

  get now(): number {
    return this.time.now;
  }

  set now(ms: number) {
    this.time.now = ms;
  }

  async close(): Promise<void> {
    await this.end();
  }

  /** A machine that was ordered with an agent; resolves to its token. */
  async order(placement: string, state: PlacementState = 'running', at: string | null = address): Promise<string> {
    return await this.store.work(async (work) => {
      const common = { cfp: 'call', agreement: 'agreement', item: 'web', message: '' };
      await work.tables
        .insertInto('resource')
        .values({
          ...common,
          ...{ id: `r-${placement}`, tenant: 'a', title: 'web-1', state: 'inactive', placement },
          ...{ origin: 'call', given: json({}), task: null, created_at: work.now },
        })
        .execute();
      await work.tables
        .insertInto('placement')
        .values({
          ...common,
          ...{
            id: placement,
            resource: `r-${placement}`,
            agent: 'aws',
            offer: json({} as never),
            offer_id: 'o',
            state,
            address: at,
          },
          ...{ next_offer: null, replaces: null, vendor_id: 'i-1', reason: null, requested_at: work.now, active_at: null },
          ...{ ended_at: null, renegotiation: null, announced_price: null, leaving: null },
          ...{ lease_owner: null, lease_until: null, epoch: 0 },
        })
        .execute();
      const script = await prepareAgent(work, placement, { every: 10_000 });
      return /^token='(.*)'$/m.exec(script)?.[1] ?? '';
    });
  }

  async becomes(placement: string, change: { readonly state?: PlacementState; readonly address?: string }): Promise<void> {
    await this.store.work(({ tables }) => tables.updateTable('placement').set(change).where('id', '=', placement).execute());
  }

  /** Reasons of `resource.agent_refused`, oldest first. */
  async refusals(): Promise<readonly string[]> {
    const rows = await this.store.tables
      .selectFrom('event')
      .select('body')
      .where('type', '=', 'resource.agent_refused')
      .orderBy('id')
      .execute();
    return rows.map(({ body }) => (JSON.parse(body) as { reason: string }).reason);
  }

  /** A key, and a request for it, by openssl as the agent makes them. */
  async request(placement: string, key = join(this.directory, `${randomIds.next()}.pem`)): Promise<{ key: string; pem: string }> {
    const config = join(this.directory, 'request.cnf');
    await writeFile(config, '[req]\ndistinguished_name=dn\n[dn]\n');
    const openssl = (...args: readonly string[]): string => execFileSync('openssl', args, { stdio: 'pipe' }).toString();
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key);
    return { key, pem: openssl('req', '-new', '-config', config, '-key', key, '-subj', `/CN=${placement}`) };
  }
}

export const presented = (certificate: string, from = address) => ({
  certificate: new X509Certificate(certificate),
  address: from,
});
