import type { AppContext } from '@cloud-agency/runtime';
import {
  type Answer,
  type Assignment,
  costOf,
  type Demand,
  offerMeets,
  type Plan,
  priced,
  type Running,
  type Selection,
} from '@cloud-agency/sla';
import type { CallsOut } from '../mediation/calls-out.js';
import type { Selecting } from '../negotiation/selecting.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import { quarantined, withoutQuarantined } from '../resources/quarantine.js';
import type { AgencyStore } from '../store/agency-store.js';
import type { Move } from '../store/renegotiation-tables.js';
import { movesTo } from './moves.js';
import { asAssignment, type Berth, type Situation } from './situation.js';

/** What the market has beside what runs. */
export interface Evaluation {
  /** Undefined when there is none. */
  readonly plan: Plan | undefined;
  /** What stands in the way of a plan, in sentences. */
  readonly notes: readonly string[];
  /** What it takes to get there from what runs. */
  readonly moves: readonly Move[];
  /** USD a month of what runs. */
  readonly before: number;
  /** The plan that would be better, but by less than the stated gain; undefined when there is none, or it is good enough. */
  readonly rival: Plan | undefined;
}

export interface Question {
  readonly conversation: string;
  readonly leastGain: number;
  /** USD for each machine that moves. */
  readonly switching: number;
}

/** Asks the market, and weighs it against what runs: that counts as an offer, with what it costs to leave it (CFP.md 3, Renegotiation). */
export class Evaluator {
  constructor(
    private readonly store: AgencyStore,
    private readonly mediator: CallsOut,
    private readonly solver: Selecting,
    private readonly quotas: TenantQuotas,
    private readonly context: AppContext,
  ) {}

  /** @throws AgencyError as a selection does. */
  async evaluate(situation: Situation, question: Question): Promise<Evaluation> {
    const { present, wanted, berths, cfp } = situation;
    const stuck = stuckIn(situation);
    const { demand } = await this.quotas.limiting(this.store, wanted, cfp.tenant);
    const answer = await this.ask(question.conversation, demand, wanted.negotiate.replyBy);
    const runs = priced(berths.map(asAssignment), answer.discounts ?? []);
    const before = costOf(present.demand, { fixed: [], plan: runs }).all;
    if (stuck.length > 0) return { plan: undefined, moves: [], rival: undefined, notes: stuck, before };
    const solve = (leastGain: number) => this.solve(demand, answer, berths, { ...question, leastGain });
    const { plans, explanation } = await solve(question.leastGain);
    const [plan] = plans;
    const moves = plan ? movesTo(plan.assignments, berths) : [];
    const rival = plan && moves.length === 0 && question.leastGain > 0 ? (await solve(0)).plans[0] : undefined;
    const moved = rival && movesTo(rival.assignments, berths).length > 0;
    return { plan, moves, before, notes: explanation.notes, rival: moved ? rival : undefined };
  }

  private async solve(demand: Demand, answer: Answer, berths: readonly Berth[], question: Question): Promise<Selection> {
    const free = berths.filter(({ pinned, leaves }) => !pinned && !leaves);
    const running: Running = {
      assignments: free.map(asAssignment),
      switching: question.switching,
      leastGain: question.leastGain,
    };
    return await this.solver.select({ ...demand, proposals: 1 }, answer, { fixed: pinnedOf(berths), running });
  }

  private async ask(conversation: string, demand: Demand, within: number): Promise<Answer> {
    const excluded = await quarantined(this.store.tables, this.context.clock.now());
    const gathered = await this.mediator.callOut({ conversation, round: 1, demand, excludedOffers: excluded, within });
    return withoutQuarantined(gathered.answer, excluded);
  }
}

const pinnedOf = (berths: readonly Berth[]): readonly Assignment[] => berths.filter(({ pinned }) => pinned).map(asAssignment);

/** Machines that must stay, because their storage does, and cannot as the call is to be. */
function stuckIn({ wanted, berths }: Situation): readonly string[] {
  return berths
    .filter(({ pinned }) => pinned)
    .flatMap(({ row, item, offer }) => {
      const need = wanted.demand.needs.find((one) => one.item === item);
      const missed = need?.require.find((constraint) => !offerMeets(constraint, offer));
      if (need && !missed) return [];
      return [
        `${row.title} has storage, so it stays where it is; it does not meet ${missed?.text ?? 'a call without its item'}.`,
      ];
    });
}
