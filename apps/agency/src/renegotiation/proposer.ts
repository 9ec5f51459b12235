import { AgencyError } from '@cloud-agency/errors';
import type { AppContext } from '@cloud-agency/runtime';
import { quoteMs } from '../agreements/acceptance.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import type { RenegotiationRow } from '../store/renegotiation-tables.js';
import { json } from '../store/tables.js';
import { take } from './accepting.js';
import type { Evaluation, Evaluator } from './evaluator.js';
import { balanceOf, explained, outcomeOf, savesEnough, unchangedBecause } from './explaining.js';
import { type Situation, situationOf } from './situation.js';
import { moveTo, stillIn } from './states.js';

/** Weighs what runs against what the market has now, and proposes what is better, or says why nothing is. */
export class Proposer {
  constructor(
    private readonly store: AgencyStore,
    private readonly evaluator: Evaluator,
    private readonly quotas: TenantQuotas,
    private readonly context: AppContext,
  ) {}

  /** Safe to repeat: a gathering that a crash cut short is made again. */
  async propose(row: RenegotiationRow): Promise<void> {
    const situation = await situationOf(this.store.tables, row);
    if (!situation) {
      await this.end(row.id, 'the agreement does not run any more');
      return;
    }
    const question = { conversation: row.id, leastGain: row.least_gain, switching: row.switching };
    try {
      const evaluation = await this.evaluator.evaluate(situation, question);
      await this.store.work((work) => this.conclude(work, row.id, situation, evaluation));
    } catch (error) {
      await this.end(row.id, this.told(row.id, error));
    }
  }

  /** What the client can do something about is told; what is ours to mend is in the log. */
  private told(id: string, error: unknown): string {
    if (error instanceof AgencyError && (error.code === 'unsupported' || error.code === 'time-limit-reached'))
      return error.message;
    this.context.log.error({ err: error, renegotiation: id }, 'A renegotiation failed');
    return `the selection failed; the log has the details under ${id}`;
  }

  private async end(id: string, why: string): Promise<void> {
    await this.store.work(async (work) => {
      const row = await stillIn(work, id, 'open');
      if (row) await moveTo(work, row, 'failed', why);
    });
  }

  /** What was weighed is proposed only if that is still what runs; else it is weighed again. */
  private async conclude(work: Work, id: string, weighed: Situation, evaluation: Evaluation): Promise<void> {
    const row = await stillIn(work, id, 'open');
    const situation = row && (await situationOf(work.tables, row));
    if (!row || !situation || machinesOf(situation) !== machinesOf(weighed)) return;
    const { moves } = evaluation;
    const balance = balanceOf(evaluation);
    const isBetter = row.call !== null || (moves.length > 0 && savesEnough(balance, row.least_saving));
    if (!balance || !isBetter) {
      const why = unchangedBecause(evaluation, row);
      await moveTo(work, row, 'unchanged', why, { explanation: json([why]), cost_before: evaluation.before });
      return;
    }
    const titles = new Map(situation.berths.map(({ resource, row: { title } }) => [resource, title]));
    const costs = { cost_before: balance.before, cost_after: balance.after, cost_moving: balance.moving };
    const change = {
      moves: json(moves),
      explanation: json(explained(moves, balance, titles)),
      ...costs,
      next_at: work.now + quoteMs,
    };
    await moveTo(work, row, 'proposed', outcomeOf(balance), change);
    if (row.accept === 'best') await this.takeAtOnce(work, id);
  }

  private async takeAtOnce(work: Work, id: string): Promise<void> {
    const row = await stillIn(work, id, 'proposed');
    const obstacle = row && (await take(work, this.quotas, row));
    if (row && obstacle !== undefined) await moveTo(work, row, 'failed', obstacle);
  }
}

/** Which placements at which price: what a weighing rests on. */
const machinesOf = ({ berths }: Situation): string =>
  JSON.stringify(berths.map(({ placement, offer, leaves, pinned }) => [placement.id, offer.price, leaves, pinned]));
