import { AgencyError } from '@cloud-agency/errors';
import type { AppContext } from '@cloud-agency/runtime';
import { type Call, type Explanation, type Plan, type Selection, withRepairs } from '@cloud-agency/sla';
import { accept, quoteMs } from '../agreements/acceptance.js';
import type { CallsOut } from '../mediation/calls-out.js';
import type { Gathering } from '../mediation/mediator.js';
import type { Selecting } from '../negotiation/selecting.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import { quarantined, withoutQuarantined } from '../resources/quarantine.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { type AgentAnswer, type CfpRow, json, parsed } from '../store/tables.js';
import { moveTo } from './cfp-state.js';

/** Takes a call from its opening to its proposals: gathers offers, selects, and proposes or refuses (CFP.md 3). Safe to repeat after a crash. */
export class Negotiator {
  /** Answers that came in so far, for calls that are being gathered here. */
  private readonly live = new Map<string, AgentAnswer[]>();

  constructor(
    private readonly store: AgencyStore,
    private readonly mediator: CallsOut,
    private readonly solver: Selecting,
    private readonly quotas: TenantQuotas,
    private readonly context: AppContext,
  ) {}

  /** Answers as they come in; undefined when this process is not gathering for that call. */
  answersSoFar(cfp: string): readonly AgentAnswer[] | undefined {
    return this.live.get(cfp);
  }

  async negotiate(cfp: CfpRow): Promise<void> {
    const call = await this.quotas.limiting(this.store, parsed(cfp.call), cfp.tenant);
    const gathering = await this.gather(cfp, call);
    const evaluating = await this.store.work((work) =>
      moveTo(work, cfp, 'evaluating', `comparing ${String(gathering.answer.offers.length)} offers`, {
        answers: json(gathering.answers),
        offers: gathering.answer.offers.length,
      }),
    );
    this.live.delete(cfp.id);
    const selection = await this.select(evaluating, call, gathering);
    if (selection) await this.store.work((work) => this.conclude(work, evaluating, call, selection));
  }

  /** Undefined when the selection itself failed: it would fail again, so the call ends there, and says where to look. */
  private async select(cfp: CfpRow, call: Call, gathering: Gathering): Promise<Selection | undefined> {
    try {
      const selection = await this.solver.select(call.demand, gathering.answer);
      if (selection.plans.length > 0) return selection;
      return { ...selection, explanation: await this.repaired(cfp, call, gathering, selection.explanation) };
    } catch (error) {
      // Nobody could be asked: that is no answer, and the step is repeated.
      if (error instanceof AgencyError && error.code === 'role-unreachable') throw error;
      await this.ended(cfp, error);
      return undefined;
    }
  }

  /** What the client can do something about is told; what is ours to mend is in the log. */
  private async ended(cfp: CfpRow, error: unknown): Promise<void> {
    const code = error instanceof AgencyError ? error.code : 'internal';
    if (error instanceof AgencyError && (code === 'unsupported' || code === 'time-limit-reached')) {
      await this.store.work((work) => moveTo(work, cfp, code === 'unsupported' ? 'refused' : 'failed', error.message));
      return;
    }
    this.context.log.error({ err: error, cfp: cfp.id }, 'A selection failed');
    const message = `the selection failed; the log has the details under ${cfp.id}`;
    await this.store.work((work) => moveTo(work, cfp, 'failed', message));
  }

  /** What would make the call possible, found in one more round. The refusal stands without it: a round that fails only leaves that unsaid. */
  private async repaired(cfp: CfpRow, call: Call, { answer }: Gathering, explanation: Explanation): Promise<Explanation> {
    if (answer.items.every(({ considered }) => considered === 0)) return explanation;
    try {
      const excluded = await quarantined(this.store.tables, this.context.clock.now());
      const answers = await this.mediator.callForRepair({
        conversation: cfp.id,
        round: cfp.round + 1,
        demand: call.demand,
        excludedOffers: excluded,
        within: call.negotiate.replyBy,
      });
      const usable = answers.map((each) => withoutQuarantined(each, excluded));
      return withRepairs(explanation, await this.solver.repairs(call.demand, usable));
    } catch (error) {
      this.context.log.error({ err: error, cfp: cfp.id }, 'A repair round failed');
      return explanation;
    }
  }

  private async gather(cfp: CfpRow, call: Call): Promise<Gathering> {
    const excluded = await quarantined(this.store.tables, this.context.clock.now());
    const answers: AgentAnswer[] = [];
    this.live.set(cfp.id, answers);
    const gathering = await this.mediator.callOut({
      conversation: cfp.id,
      round: cfp.round,
      demand: call.demand,
      excludedOffers: excluded,
      within: call.negotiate.replyBy,
      onAnswer: (answer) => answers.push(answer),
    });
    return { ...gathering, answer: withoutQuarantined(gathering.answer, excluded) };
  }

  private async conclude(work: Work, cfp: CfpRow, call: Call, selection: Selection): Promise<void> {
    const current = await work.tables.selectFrom('cfp').select('state').where('id', '=', cfp.id).executeTakeFirst();
    if (current?.state !== 'evaluating') return;
    const explained = { explanation: json(selection.explanation) };
    if (selection.plans.length === 0) {
      await moveTo(work, cfp, 'refused', selection.explanation.notes.join(' ') || 'no vendor can meet it', explained);
      return;
    }
    if (call.negotiate.accept !== 'best' || cfp.round > 1) {
      await propose(work, this.context.ids, cfp, selection.plans, explained);
      return;
    }
    const short = await this.quotas.shortfall(work, cfp.tenant, selection.plans[0]?.assignments ?? []);
    if (short === undefined) await this.takeBest(work, await propose(work, this.context.ids, cfp, selection.plans, explained));
    else await moveTo(work, cfp, 'refused', short, explained);
  }

  private async takeBest(work: Work, cfp: CfpRow): Promise<void> {
    const best = await work.tables
      .selectFrom('proposal')
      .selectAll()
      .where('cfp', '=', cfp.id)
      .where('rank', '=', 1)
      .where('state', '=', 'proposed')
      .executeTakeFirstOrThrow();
    await accept(work, { ids: this.context.ids, quotas: this.quotas }, cfp, best);
  }
}

/** Puts ranked plans before the client. */
export async function propose(
  work: Work,
  ids: AppContext['ids'],
  cfp: CfpRow,
  plans: readonly Plan[],
  change: Partial<CfpRow>,
): Promise<CfpRow> {
  const [best] = plans;
  const moved = await moveTo(
    work,
    cfp,
    'proposed',
    `${String(plans.length)} proposals, the best at ${(best?.cost ?? 0).toFixed(2)} USD a month`,
    { ...change, deadline: work.now + quoteMs },
  );
  for (const plan of plans) {
    const id = ids.next();
    await work.tables
      .insertInto('proposal')
      .values({
        id,
        cfp: cfp.id,
        tenant: cfp.tenant,
        rank: plan.rank,
        state: 'proposed',
        plan: json(plan),
        created_at: work.now,
        removed: 0,
      })
      .execute();
    await work.record({
      type: 'proposal.available',
      tenant: cfp.tenant,
      subject: `/proposal/${id}`,
      cfp: cfp.id,
      message: `Proposal ${String(plan.rank)} for ${cfp.name}: ${plan.cost.toFixed(2)} USD a month.`,
      data: { proposal: id, rank: plan.rank, cost: plan.cost, score: plan.score },
    });
  }
  return moved;
}
