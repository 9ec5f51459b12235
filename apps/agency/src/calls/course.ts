import { type Answer, type Ask, type Counter, type Demand, mergeAnswers, repriced } from '@cloud-agency/sla';
import type { AgentReply } from '../mediation/answers.js';
import type { CallOut, Gathering } from '../mediation/mediator.js';
import { withoutQuarantined } from '../resources/quarantine.js';
import type { AgentAnswer, NegotiationSoFar } from '../store/tables.js';

/** Where a negotiation stands: each agent's latest answer, and what each has been told. What an agent does not better stands as it was. */
export class Course {
  private readonly latest = new Map<string, Answer>();
  /** Of whom the latest whole answer came in one message: its id. */
  private readonly proposals = new Map<string, string>();
  private readonly told = new Map<string, AgentAnswer>();
  private counters: ReadonlyMap<string, readonly Counter[]>;
  private ranges: NegotiationSoFar['ranges'] | undefined;
  private whole: Answer | undefined;

  constructor(
    private readonly demand: Demand,
    before: NegotiationSoFar | null,
    /** Offers that failed lately. */
    readonly excluded: readonly string[],
  ) {
    this.counters = new Map(Object.entries(before?.counters ?? {}));
    this.ranges = before?.ranges;
  }

  get soFar(): NegotiationSoFar {
    const { observed } = this.demand;
    return { counters: Object.fromEntries(this.counters), ranges: this.ranges ?? {}, ...(observed && { observed }) };
  }

  /** Those that have answered, with offers or without. */
  get agents(): readonly string[] {
    return [...this.latest.keys()];
  }

  get answers(): readonly AgentAnswer[] {
    return [...this.told.values()].sort((a, b) => a.agent.localeCompare(b.agent));
  }

  /**
   * Whom to call in a round: everybody in the first; then those that were told something after the one before. Where it is not known what agents
   * answered before, because the round was begun by another process or before a restart, everybody, with what each was told so far.
   */
  toCall(round: number): Pick<CallOut, 'counters' | 'holds' | 'everybody'> {
    if (round === 1) return {};
    const told = [...this.counters];
    if (this.latest.size === 0) return { counters: Object.fromEntries(told), everybody: true };
    const again = told.filter(([, own]) => own.at(-1)?.round === round - 1);
    return { counters: Object.fromEntries(again), holds: Object.fromEntries(this.proposals) };
  }

  take({ byAgent, answers }: Gathering): void {
    for (const [agent, reply] of Object.entries(byAgent)) this.hear(agent, reply);
    for (const answer of answers) {
      if (answer.state !== 'silent' || !this.told.has(answer.agent)) this.told.set(answer.agent, answer);
    }
    this.whole = undefined;
  }

  /** What has new prices in a proposal that is not the one held says nothing: what the agent offered before stands. */
  private hear(agent: string, reply: AgentReply): void {
    if ('reprices' in reply) {
      const before = this.latest.get(agent);
      if (before && this.proposals.get(agent) === reply.reprices) this.latest.set(agent, repriced(before, reply.level));
      return;
    }
    this.latest.set(agent, withoutQuarantined(reply.answer, this.excluded));
    if (reply.proposal === null) this.proposals.delete(agent);
    else this.proposals.set(agent, reply.proposal);
  }

  /** All agents' latest answers in one; scores are counted from the ranges of the first round (CFP.md 4, Normalisation). */
  answer(): Answer {
    if (this.whole) return this.whole;
    const merged = mergeAnswers([...this.latest.values()], this.demand);
    this.ranges ??= Object.fromEntries(merged.items.map(({ item, ranges }) => [item, ranges]));
    const items = merged.items.map((item) => ({ ...item, ranges: { ...item.ranges, ...this.ranges?.[item.item] } }));
    return (this.whole = { ...merged, items });
  }

  /** Answers the offers of a round. Returns how many agents are told something. */
  counter(round: number, asks: ReadonlyMap<string, readonly Ask[]>): number {
    const asked = [...asks].filter(([, own]) => own.length > 0);
    const counters = new Map(this.counters);
    for (const [agent, own] of asked) counters.set(agent, [...(counters.get(agent) ?? []), { round, asks: own }]);
    this.counters = counters;
    return asked.length;
  }
}
