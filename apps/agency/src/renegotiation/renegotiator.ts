import type { AppContext } from '@cloud-agency/runtime';
import { claim, release } from '@cloud-agency/store';
import type { AgencyStore, Work } from '../store/agency-store.js';
import type { RenegotiationRow } from '../store/renegotiation-tables.js';
import { WorkLoop } from '../store/work-loop.js';
import type { Carrier } from './carrier.js';
import type { Proposer } from './proposer.js';
import { moveTo, stillIn } from './states.js';

const leaseMs = 60_000;

/** Takes each renegotiation from its opening to its end (ADR 10): weighs the market, proposes, and carries out what was accepted. */
export class Renegotiator {
  private readonly loop: WorkLoop;

  constructor(
    private readonly store: AgencyStore,
    private readonly context: AppContext,
    private readonly owner: string,
    private readonly proposer: Proposer,
    private readonly carrier: Carrier,
  ) {
    this.loop = new WorkLoop(store, context, {
      name: 'renegotiation',
      reads: ['renegotiation'],
      due: (now) => this.due(now),
      step: (id) => this.step(id),
    });
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async due(now: number): Promise<readonly string[]> {
    const rows = await this.store.tables
      .selectFrom('renegotiation')
      .select('id')
      .where('state', 'in', ['open', 'proposed', 'accepted', 'carrying-out'])
      .where('next_at', '<=', now)
      .execute();
    return rows.map((row) => row.id);
  }

  private async step(id: string): Promise<void> {
    const { store, context, owner } = this;
    const lease = await claim(store.tables, 'renegotiation', id, { owner, now: context.clock.now(), forMs: leaseMs });
    if (!lease) return;
    try {
      const row = await store.tables.selectFrom('renegotiation').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      await this.advance(row);
    } finally {
      await release(store.tables, 'renegotiation', lease);
    }
  }

  private async advance(row: RenegotiationRow): Promise<void> {
    if (row.state === 'open') await this.proposer.propose(row);
    else if (row.state === 'proposed') await this.store.work((work) => expire(work, row.id));
    else if (row.state === 'accepted') await this.store.work((work) => this.carrier.begin(work, row.id));
    else if (row.state === 'carrying-out') await this.carrier.carryOn(row);
  }
}

/** A proposal is due when its offers do not hold any more. */
async function expire(work: Work, id: string): Promise<void> {
  const row = await stillIn(work, id, 'proposed');
  if (!row || row.next_at > work.now) return;
  await moveTo(work, row, 'expired', 'it was not accepted while its offers held; ask again');
}
