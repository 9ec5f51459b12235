import { probe as probeOnce } from '@cloud-agency/probes';
import type { AppContext } from '@cloud-agency/runtime';
import { type Call, kindOf, type Probe } from '@cloud-agency/sla';
import { sql } from 'kysely';
import { noteProvisioned } from '../statistics/facts.js';
import { setTimeout as pause } from 'node:timers/promises';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { parsed, type PlacementRow } from '../store/tables.js';
import { alone, isFree, keepingOf } from '../store/leases.js';
import { WorkLoop } from '../store/work-loop.js';
import { giveBack } from './placements.js';
import { fail } from './reports.js';

/** A machine that the vendor calls running has so long to answer its first probe, ms. */
const patienceMs = 30_000;
const betweenTriesMs = 100;

/** What happens, in the same unit of work, once a placement is verified. */
export type OnVerified = (work: Work, placement: PlacementRow) => Promise<void>;

/**
 * Verifies with the client's own probe that a machine does what it was bought for, before anything counts on it (CFP.md 5). Without a
 * probe for its item the vendor's word is taken.
 */
export class Verifier {
  private readonly loop: WorkLoop;
  private readonly ended = new AbortController();

  constructor(
    private readonly store: AgencyStore,
    private readonly context: Pick<AppContext, 'clock' | 'log'>,
    private readonly onVerified: OnVerified,
    /** Who holds the leases. */
    private readonly owner: string,
  ) {
    this.loop = new WorkLoop(store, context, {
      name: 'placement',
      reads: ['placement'],
      due: (now) => this.unverified(now),
      step: (id) => alone(store.tables, 'placement', id, keepingOf(context, owner), () => this.verify(id)),
      width: () => 32,
    });
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await this.loop.stop();
  }

  private async unverified(now: number): Promise<readonly string[]> {
    const rows = await this.store.tables
      .selectFrom('placement')
      .select('id')
      .where('state', '=', sql.lit('running'))
      .where(isFree(this.owner, now))
      .execute();
    return rows.map((row) => row.id);
  }

  private async verify(id: string): Promise<void> {
    const row = await this.store.tables
      .selectFrom('placement')
      .innerJoin('cfp', 'cfp.id', 'placement.cfp')
      .leftJoin('renegotiation', 'renegotiation.id', 'placement.renegotiation')
      .select(['placement.item as item', 'placement.address as address', 'cfp.call as call', 'renegotiation.call as changed'])
      .where('placement.id', '=', id)
      .executeTakeFirstOrThrow();
    const call: Call = parsed(row.changed ?? row.call);
    const probe = call.probes.find((candidate) => candidate.of === row.item);
    const problem = probe && row.address !== null ? await this.firstAnswer(probe, row.address) : undefined;
    if (this.ended.signal.aborted) return;
    await this.store.work((work) => this.settle(work, id, problem));
  }

  /** Undefined once the probe succeeds, or cannot be tried from here; else what it met last. */
  private async firstAnswer(probe: Probe, address: string): Promise<string | undefined> {
    const { clock } = this.context;
    const { signal } = this.ended;
    const until = clock.now() + patienceMs;
    let problem = 'no answer';
    while (clock.now() < until && !signal.aborted) {
      const probed = await probeOnce(probe, { address, timeout: probe.timeout, clock, signal });
      if ('unmeasured' in probed || probed.ok) return undefined;
      problem = probed.detail;
      await pause(betweenTriesMs, undefined, { signal }).catch(() => undefined);
    }
    return `${kindOf(probe)} at ${address}: ${problem}`;
  }

  private async settle(work: Work, id: string, problem: string | undefined): Promise<void> {
    const placement = await work.tables
      .selectFrom('placement')
      .selectAll()
      .where('id', '=', id)
      .where('state', '=', 'running')
      .executeTakeFirst();
    if (!placement) return;
    if (problem === undefined) {
      await work.tables
        .updateTable('placement')
        .set({ state: 'active', active_at: work.now, message: 'verified' })
        .where('id', '=', id)
        .execute();
      await noteProvisioned(work, placement, null);
      await this.onVerified(work, { ...placement, state: 'active', active_at: work.now });
      return;
    }
    await fail(work, placement, 'boot-failed', `runs, but its probe fails: ${problem}`);
    await giveBack(work, placement, 'its probe failed');
  }
}
