import { AgencyError } from '@cloud-agency/errors';
import type { AppContext } from '@cloud-agency/runtime';
import { type Call, type Demand, type Explanation, type Selection, withRepairs } from '@cloud-agency/sla';
import { accept } from '../agreements/acceptance.js';
import type { CallsOut } from '../mediation/calls-out.js';
import type { Selecting } from '../negotiation/selecting.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import { quarantined, withoutQuarantined } from '../resources/quarantine.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import { keepMessages, type MessageRow } from '../store/conversation.js';
import { type AgentAnswer, type CfpRow, json, type NegotiationSoFar, parsed } from '../store/tables.js';
import { moveTo } from './cfp-state.js';
import { Course } from './course.js';
import type { Hold } from './hold.js';
import { propose } from './proposing.js';
import { isStill, Rounds } from './rounds.js';

/** A selection that takes longer than this, ms, is announced before its outcome: most are over sooner, and one commit less is a call more. */
const quickMs = 100;

/** The last round: what it was about, and what was said that is not kept yet, in it and before. */
interface Round {
  readonly cfp: CfpRow;
  readonly number: number;
  readonly call: Call;
  readonly course: Course;
  readonly rounds: Rounds;
  readonly messages: readonly MessageRow[];
  readonly hold: Hold;
}

/** Takes a call from its opening to its proposals: round after round it gathers offers, selects and counters; then it proposes or refuses (CFP.md 3). Safe to repeat after a crash. */
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

  async negotiate(cfp: CfpRow, hold: Hold): Promise<void> {
    const before = cfp.negotiation === null ? null : parsed(cfp.negotiation);
    const limited = await this.quotas.limiting(this.store, parsed(cfp.call), cfp.tenant);
    const call = before ? observing(limited, before) : limited;
    const course = new Course(call.demand, before, await quarantined(this.store.tables, this.context.clock.now()));
    const rounds = new Rounds(cfp, course, this.store, this.context.clock);
    try {
      for (let number = cfp.round; ; number += 1) {
        const [messages, areWritten] = await Promise.all([this.gather(cfp.id, number, call, course), rounds.areWritten()]);
        if (!areWritten) return;
        const asked = number < call.negotiate.rounds ? await this.ask(cfp, number, call, course) : 0;
        if (asked === 0) {
          await this.finish({ cfp, number, call, course, rounds, messages, hold });
          return;
        }
        rounds.next({ messages, asked });
      }
    } finally {
      this.live.delete(cfp.id);
    }
  }

  /** How many agents are to be asked in another round. */
  private async ask(cfp: CfpRow, round: number, call: Call, course: Course): Promise<number> {
    const asks = await this.asks(cfp, call, course);
    return asks ? course.counter(round, asks) : 0;
  }

  private async gather(
    conversation: string,
    round: number,
    { demand, negotiate }: Call,
    course: Course,
  ): Promise<readonly MessageRow[]> {
    const answers: AgentAnswer[] = [...course.answers];
    this.live.set(conversation, answers);
    const gathering = await this.mediator.callOut({
      conversation,
      round,
      rounds: negotiate.rounds,
      ...course.toCall(round),
      demand,
      excludedOffers: course.excluded,
      within: negotiate.replyBy,
      keepsMessages: true,
      onAnswer: (answer) => {
        replace(answers, answer);
      },
    });
    course.take(gathering);
    return gathering.messages;
  }

  /** Undefined when it cannot be told how the offers compare: then the last selection says why. */
  private async asks(cfp: CfpRow, { demand, negotiate }: Call, course: Course) {
    try {
      const options = { publishReservation: negotiate.publishReservation ?? false, agents: course.agents };
      return await this.solver.asks(demand, course.answer(), options);
    } catch (error) {
      if (isUnreachable(error)) throw error;
      this.context.log.warn({ err: error, cfp: cfp.id }, 'A round could not be evaluated; it is taken as the last');
      return undefined;
    }
  }

  /** Selects over what the last round came to, and stores it with everything that was said. */
  private async finish(round: Round): Promise<void> {
    const selecting = this.select(round);
    const quick = await Promise.race([selecting, this.wait(quickMs)]);
    const evaluating = quick ? undefined : await this.store.work((work) => this.evaluate(work, round));
    const outcome = await selecting;
    await this.store.work(async (work) => {
      const row = quick ? await this.evaluate(work, round) : evaluating;
      await keepMessages(work.tables, outcome.messages);
      if (row && (await isStill(work, row))) await this.conclude(work, row, round.call, outcome);
      await round.hold.settle(work.tables);
    });
    round.hold.settled();
  }

  private async wait(ms: number): Promise<undefined> {
    await new Promise<void>((resolve) => {
      this.context.clock.after(ms, resolve);
    });
    return undefined;
  }

  /** Undefined when the call has been withdrawn meanwhile. */
  private async evaluate(work: Work, { course, rounds, messages }: Round): Promise<CfpRow | undefined> {
    const cfp = await rounds.write(work);
    await keepMessages(work.tables, messages);
    if (!cfp) return undefined;
    const offers = course.answer().offers.length;
    return await moveTo(work, cfp, 'evaluating', `comparing ${String(offers)} offers`, { answers: json(course.answers), offers });
  }

  private async select(round: Round): Promise<Outcome> {
    const { call, course, cfp } = round;
    try {
      const selection = await this.solver.select(call.demand, course.answer());
      if (selection.plans.length > 0) return { selection, messages: [] };
      return await this.repaired(round, selection);
    } catch (error) {
      if (isUnreachable(error)) throw error;
      return { problem: this.problem(cfp, error), messages: [] };
    }
  }

  /** What the client can do something about is told; what is ours to mend is in the log. It would fail again, so the call ends there. */
  private problem(cfp: CfpRow, error: unknown): Problem {
    const code = error instanceof AgencyError ? error.code : 'internal';
    if (error instanceof AgencyError && (code === 'unsupported' || code === 'time-limit-reached'))
      return { state: code === 'unsupported' ? 'refused' : 'failed', message: error.message };
    this.context.log.error({ err: error, cfp: cfp.id }, 'A selection failed');
    return { state: 'failed', message: `the selection failed; the log has the details under ${cfp.id}` };
  }

  /** What would make the call possible, found in one more round. The refusal stands without it: a round that fails only leaves that unsaid. */
  private async repaired({ cfp, number, call, course }: Round, selection: Selection): Promise<Outcome> {
    if (course.answer().items.every(({ considered }) => considered === 0)) return { selection, messages: [] };
    try {
      const { answers, round, messages } = await this.mediator.callForRepair({
        conversation: cfp.id,
        round: number + 1,
        demand: call.demand,
        excludedOffers: course.excluded,
        within: call.negotiate.replyBy,
        keepsMessages: true,
      });
      const usable = answers.map((each) => withoutQuarantined(each, course.excluded));
      const repairs = await this.solver.repairs(call.demand, usable);
      return { selection: { ...selection, explanation: withRepairs(selection.explanation, repairs, round) }, messages };
    } catch (error) {
      if (isUnreachable(error)) throw error;
      this.context.log.error({ err: error, cfp: cfp.id }, 'A repair round failed');
      return { selection, messages: [] };
    }
  }

  private async conclude(work: Work, cfp: CfpRow, call: Call, outcome: Outcome): Promise<void> {
    if ('problem' in outcome) {
      await moveTo(work, cfp, outcome.problem.state, outcome.problem.message);
      return;
    }
    const { plans, explanation } = outcome.selection;
    const explained = { explanation: json<Explanation>(explanation) };
    if (plans.length === 0) {
      await moveTo(work, cfp, 'refused', explanation.notes.join(' ') || 'no vendor can meet it', explained);
      return;
    }
    if (call.negotiate.accept !== 'best') {
      await propose(work, this.context.ids, cfp, plans, explained);
      return;
    }
    const short = await this.quotas.shortfall(work, cfp.tenant, plans[0]?.assignments ?? []);
    if (short === undefined) await this.takeBest(work, await propose(work, this.context.ids, cfp, plans, explained));
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

/** A call that has had a round goes on by what was observed then: offers that were pruned by it would be missing by anything else. */
function observing(call: Call, { observed }: NegotiationSoFar): Call {
  const demand = Object.fromEntries(Object.entries(call.demand).filter(([part]) => part !== 'observed'));
  return { ...call, demand: { ...demand, ...(observed && { observed }) } as Demand };
}

interface Problem {
  readonly state: 'refused' | 'failed';
  readonly message: string;
}

/** What a negotiation comes to, and what was said for it beyond the rounds. */
type Outcome = ({ readonly selection: Selection } | { readonly problem: Problem }) & {
  readonly messages: readonly MessageRow[];
};

/** Nobody could be asked: that is no answer, and the step is repeated. */
const isUnreachable = (error: unknown): boolean => error instanceof AgencyError && error.code === 'role-unreachable';

/** Of each agent its latest answer. */
function replace(answers: AgentAnswer[], answer: AgentAnswer): void {
  const before = answers.findIndex(({ agent }) => agent === answer.agent);
  if (before < 0) answers.push(answer);
  else answers[before] = answer;
}
