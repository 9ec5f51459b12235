import { type AppContext, isoTime } from '@cloud-agency/runtime';
import { Duty } from '@cloud-agency/store';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { everybody } from '../store/events.js';
import { type AgencyTables, json, parsed } from '../store/tables.js';
import type { KnownAgent, VendorRegistry } from './registry.js';

type Told = Pick<KnownAgent, 'state'> & { readonly offersAsOf: string | null };

/**
 * Keeps in the store which vendor agents there are, and announces that they come and go. Every process hears of that by itself; one of them
 * writes it down, so that it is told once.
 */
export class VendorBook {
  private readonly duty: Duty<AgencyTables>;
  private readonly told = new Map<string, Told>();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: AgencyStore,
    private readonly registry: VendorRegistry,
    private readonly context: Pick<AppContext, 'clock' | 'log'>,
    owner: string,
  ) {
    this.duty = new Duty(store.tables, {
      id: 'vendor book',
      owner,
      clock: context.clock,
      begin: () => this.begin(),
      onError: (error) => {
        context.log.error({ err: error }, 'The book of vendors could not be taken over; it is tried again');
      },
    });
  }

  async start(): Promise<void> {
    await this.duty.renew();
  }

  async stop(): Promise<void> {
    await this.duty.stop();
    await this.writing;
  }

  /** Goes on from what is written there, whoever wrote it. */
  private async begin(): Promise<{ stop(): void }> {
    this.told.clear();
    for (const { agent, state, announcement } of await this.store.tables.selectFrom('vendor').selectAll().execute())
      this.told.set(agent, { state, offersAsOf: parsed(announcement).offersAsOf });
    const end = this.registry.onChange((agent) => {
      this.note(agent);
    });
    for (const agent of this.registry.all()) this.note(agent);
    return { stop: end };
  }

  private note(agent: KnownAgent): void {
    // Worth telling once its offers are there: at a start all agents load at the same time.
    if (isLoading(agent)) return;
    const { agent: name, offersAsOf } = agent.announcement;
    const told = this.told.get(name);
    if (told?.state === agent.state && told.offersAsOf === offersAsOf) return;
    this.told.set(name, { state: agent.state, offersAsOf });
    this.writing = this.writing
      .then(() => this.store.work((work) => keep(work, agent)))
      .catch((error: unknown) => {
        this.context.log.error({ err: error, agent: name }, 'What a vendor agent announced could not be stored');
      });
  }
}

const isLoading = ({ state, announcement }: KnownAgent): boolean => state === 'alive' && announcement.offersAsOf === null;

async function keep(work: Work, agent: KnownAgent): Promise<void> {
  const { announcement, state, seenAt } = agent;
  const row = { announcement: json(announcement), state, seen_at: seenAt };
  const before = await work.tables
    .selectFrom('vendor')
    .select('state')
    .where('agent', '=', announcement.agent)
    .executeTakeFirst();
  await work.tables
    .insertInto('vendor')
    .values({ agent: announcement.agent, ...row })
    .onConflict((conflict) => conflict.column('agent').doUpdateSet(row))
    .execute();
  if (before?.state === state) return;
  const gone = state === 'gone';
  await work.record({
    type: gone ? 'vendor.gone' : 'vendor.alive',
    tenant: everybody,
    subject: `/vendor/${announcement.agent}`,
    message: gone
      ? `Vendor agent ${announcement.agent} is gone: last heard of at ${isoTime(seenAt)}.`
      : `Vendor agent ${announcement.agent} is ${state}, ${announcement.offersAsOf === null ? 'its offers not loaded yet' : `with ${String(announcement.offers)} offers`}.`,
    data: { agent: announcement.agent, vendor: announcement.vendor, state, offers: announcement.offers },
  });
}
