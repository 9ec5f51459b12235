import { type CfpMessage, type CfpReply, gather, type Gathered, type ProposeMessage } from '@cloud-agency/bus';
import { type AppContext, isoTime } from '@cloud-agency/runtime';
import { type Answer, type Demand, mergeAnswers } from '@cloud-agency/sla';
import type { NatsConnection } from '@nats-io/transport-node';
import { sender } from '../store/agency-store.js';
import type { AgentAnswer } from '../store/tables.js';
import type { VendorRegistry } from './registry.js';

export interface CallOut {
  readonly conversation: string;
  readonly round: number;
  readonly demand: Demand;
  /** Ids of offers that are not to come: quarantined, or what a fail-over leaves behind. */
  readonly excludedOffers: readonly string[];
  /** How long vendors may take, ms. */
  readonly within: number;
  /** Told of each agent's answer as soon as it is complete or refused. */
  readonly onAnswer?: (answer: AgentAnswer) => void;
}

export interface Gathering {
  /** All agents' answers in one. */
  readonly answer: Answer;
  readonly answers: readonly AgentAnswer[];
}

/** The mediator: calls every vendor agent and gathers what they answer (CFP.md 2 and 3). */
export class Mediator {
  constructor(
    private readonly connection: NatsConnection,
    private readonly registry: VendorRegistry,
    private readonly context: Pick<AppContext, 'clock' | 'ids' | 'log'>,
  ) {}

  async callOut(call: CallOut): Promise<Gathering> {
    const gathered = await this.round(call, this.message(call));
    return { answer: mergeAnswers(answersIn(gathered), call.demand), answers: this.answersOf(gathered) };
  }

  /** The repair round of a call that nobody can meet: each agent's offers that a smallest change of it can need (CFP.md 3). */
  async callForRepair(call: CallOut): Promise<readonly Answer[]> {
    return answersIn(await this.round(call, { ...this.message(call), purpose: 'repair' }));
  }

  private async round(call: CallOut, message: CfpMessage): Promise<Gathered> {
    return await gather(this.connection, message, {
      expected: () => this.registry.alive(),
      within: call.within,
      onReply: (reply) => {
        if (isLast(reply)) call.onAnswer?.(this.answerOf(reply));
      },
      onInvalid: (error) => {
        this.context.log.warn(
          { err: error, conversation: call.conversation },
          'A reply to a call does not follow its contract; it is passed over',
        );
      },
    });
  }

  private message(call: CallOut): CfpMessage {
    const now = this.context.clock.now();
    return {
      id: this.context.ids.next(),
      conversation: call.conversation,
      sender,
      sequence: call.round,
      sentAt: isoTime(now),
      performative: 'cfp',
      round: call.round,
      replyBy: isoTime(now + call.within),
      demand: call.demand,
      excludedOffers: [...call.excludedOffers],
    };
  }

  private answersOf(gathered: Gathered): readonly AgentAnswer[] {
    const proposed = [...gathered.proposals.values()].flatMap((parts) =>
      parts.slice(0, 1).map((first) => this.proposedBy(first, parts)),
    );
    const refused = [...gathered.refusals.values()].map((refusal) => this.answerOf(refusal));
    const silent = gathered.silent.map((agent) => ({
      agent,
      vendor: this.registry.vendorOf(agent),
      state: 'silent' as const,
      offers: 0,
      considered: 0,
      message: 'did not answer in time',
    }));
    return [...proposed, ...refused, ...silent].sort((a, b) => a.agent.localeCompare(b.agent));
  }

  private answerOf(reply: CfpReply): AgentAnswer {
    if (reply.performative === 'propose') return this.proposedBy(reply, [reply]);
    return {
      agent: reply.sender,
      vendor: this.registry.vendorOf(reply.sender),
      state: 'refused',
      offers: 0,
      considered: Math.max(0, ...(reply.answer?.items ?? []).map((item) => item.considered)),
      message: reply.message,
    };
  }

  private proposedBy({ sender: agent, staleSince }: ProposeMessage, parts: readonly ProposeMessage[]): AgentAnswer {
    const message = staleSince === undefined ? '' : `its vendor does not answer; these offers were last seen at ${staleSince}`;
    const vendor = this.registry.vendorOf(agent);
    return { agent, vendor, state: 'proposed', offers: offersIn(parts), considered: considered(parts), message };
  }
}

const isLast = (reply: CfpReply): boolean => reply.performative !== 'propose' || reply.part.k === reply.part.n;

const offersIn = (parts: readonly { answer: Answer }[]): number =>
  parts.reduce((sum, part) => sum + part.answer.offers.length, 0);

const considered = (parts: readonly { answer: Answer }[]): number =>
  Math.max(0, ...parts.flatMap((part) => part.answer.items.map((item) => item.considered)));

/** One answer of each agent: its parts together, or what its refusal tells. */
function answersIn(gathered: Gathered): readonly Answer[] {
  const whole = [...gathered.proposals.values()].map((parts) => ({
    ...parts[0]?.answer,
    offers: parts.flatMap((part) => part.answer.offers),
    items: parts.flatMap((part) => part.answer.items),
    discounts: parts.flatMap((part) => part.answer.discounts ?? []),
    quotas: parts.flatMap((part) => part.answer.quotas ?? []),
  }));
  const refused = [...gathered.refusals.values()].flatMap((refusal) => (refusal.answer ? [refusal.answer] : []));
  return [...whole, ...refused];
}
