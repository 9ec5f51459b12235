import type { AppContext } from '@cloud-agency/runtime';
import type { Call } from '@cloud-agency/sla';
import { claim, release } from '@cloud-agency/store';
import type { AgencyStore, Work } from '../store/agency-store.js';
import type { MarketWatchRow } from '../store/renegotiation-tables.js';
import type { AgreementRow } from '../store/tables.js';
import { WorkLoop } from '../store/work-loop.js';
import type { Evaluation, Evaluator } from './evaluator.js';
import { balanceOf, gainOf, outcomeOf, savesEnough, shareOf } from './explaining.js';
import { type Situation, situationOf } from './situation.js';
import { renegotiationUnderWay } from './states.js';

const leaseMs = 60_000;
/** The market is asked up to so much later than it is due, as a share of the time between: not for all agreements at once. */
const spread = 0.1;

/** The market is cheaper than what runs, by as much as a rule wants. */
export interface Cheaper {
  readonly agreement: AgreementRow;
  readonly call: Call;
  readonly rule: number;
  readonly message: string;
  /** A share of the present cost, moves counted. */
  readonly saving: number;
}

/** What follows from it, in the same unit of work. */
export type OnCheaper = (work: Work, cheaper: Cheaper) => Promise<boolean>;

/** Asks the market for the rules that want to know when it is cheaper than what runs, as often as each says; the schedule is stored. */
export class MarketWatch {
  private readonly loop: WorkLoop;

  constructor(
    private readonly store: AgencyStore,
    private readonly context: AppContext,
    private readonly owner: string,
    private readonly evaluator: Evaluator,
    private readonly onCheaper: OnCheaper,
    /** 0..1 */
    private readonly random: () => number,
  ) {
    this.loop = new WorkLoop(store, context, {
      name: 'rule that watches the market',
      reads: ['market_watch'],
      due: (now) => this.due(now),
      step: (id) => this.step(id),
      width: () => 2,
    });
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async due(now: number): Promise<readonly string[]> {
    const rows = await this.store.tables.selectFrom('market_watch').select('id').where('next_at', '<=', now).limit(20).execute();
    return rows.map((row) => row.id);
  }

  private async step(id: string): Promise<void> {
    const { store, context, owner } = this;
    const lease = await claim(store.tables, 'market_watch', id, { owner, now: context.clock.now(), forMs: leaseMs });
    if (!lease) return;
    try {
      const row = await store.tables.selectFrom('market_watch').selectAll().where('id', '=', id).executeTakeFirst();
      if (row) await this.look(row);
    } finally {
      await release(store.tables, 'market_watch', lease);
    }
  }

  /** What cannot be found out now is found out the next time: a market that does not answer is no reason to ask it more often. */
  private async look(row: MarketWatchRow): Promise<void> {
    const situation = await situationOf(this.store.tables, { agreement: row.agreement, call: null });
    const evaluation = situation && (await this.evaluation(row, situation));
    await this.store.work(async (work) => {
      const next = work.now + row.every * (1 + spread * this.random());
      await work.tables
        .updateTable('market_watch')
        .set({ next_at: Math.round(next) })
        .where('id', '=', row.id)
        .execute();
      if (situation && evaluation) await this.judge(work, row, situation, evaluation);
    });
  }

  private async evaluation(row: MarketWatchRow, situation: Situation): Promise<Evaluation | undefined> {
    if (situation.berths.length === 0) return undefined;
    const { leastGain = 0, switchingCost: switching = 0 } = situation.present.negotiate;
    try {
      return await this.evaluator.evaluate(situation, { conversation: row.id, leastGain, switching });
    } catch (error) {
      this.context.log.warn({ err: error, agreement: row.agreement }, 'The market could not be asked; it is asked again in time');
      return undefined;
    }
  }

  private async judge(work: Work, row: MarketWatchRow, situation: Situation, evaluation: Evaluation): Promise<void> {
    const rule = situation.present.reactions[row.rule];
    const balance = balanceOf(evaluation);
    if (!balance || rule?.on !== 'market.cheaper' || evaluation.moves.length === 0) return;
    if (!savesEnough(balance, rule.leastGain ?? 0)) return;
    const { agreement, present: call } = situation;
    if (await renegotiationUnderWay(work, agreement.id)) return;
    const saving = shareOf(gainOf(balance), balance.before);
    const message = `The market is cheaper than what ${agreement.name} runs: ${outcomeOf(balance)}.`;
    const told = await this.onCheaper(work, { agreement, call, rule: row.rule, message, saving });
    await work.record({
      type: 'market.cheaper',
      tenant: agreement.tenant,
      subject: `/agreement/${agreement.id}`,
      cfp: agreement.cfp,
      agreement: agreement.id,
      message,
      data: { agreement: agreement.id, saving, ...balance, currency: 'USD' },
      told,
    });
  }
}
