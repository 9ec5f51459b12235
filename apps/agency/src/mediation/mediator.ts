import { type CfpMessage, type CfpReply, Gatherer } from '@cloud-agency/bus';
import { type AppContext, isoTime } from '@cloud-agency/runtime';
import { type Answer, type Counter, type Demand, mergeAnswers, type RepairRound } from '@cloud-agency/sla';
import type { NatsConnection } from '@nats-io/transport-node';
import type { AgencyStore } from '../store/agency-store.js';
import { keepMessages, type MessageRow } from '../store/conversation.js';
import type { AgentAnswer } from '../store/tables.js';
import { type AgentReply, answerBy, answersIn, answersOf, together } from './answers.js';
import type { VendorRegistry } from './registry.js';
import { Transcript } from './transcript.js';

export interface CallOut {
  readonly conversation: string;
  readonly round: number;
  /** How many rounds there may be. */
  readonly rounds?: number;
  /** What each of some agents has been told: these alone are called, each by itself. Absent: all are called. */
  readonly counters?: Readonly<Record<string, readonly Counter[]>>;
  /** By agent the whole proposal that the caller holds: only its prices need be told anew. */
  readonly holds?: Readonly<Record<string, string>>;
  /** The others are called too, and have been told nothing. */
  readonly everybody?: boolean;
  readonly demand: Demand;
  /** Ids of offers that are not to come: quarantined, or what a fail-over leaves behind. */
  readonly excludedOffers: readonly string[];
  /** How long vendors may take, ms. */
  readonly within: number;
  /** The caller keeps what was said, in the transaction of what comes of it; else the mediator does. */
  readonly keepsMessages?: boolean;
  /** Told of each agent's answer as soon as it is complete or refused. */
  readonly onAnswer?: (answer: AgentAnswer) => void;
}

export interface Gathering {
  /** All agents' answers in one. */
  readonly answer: Answer;
  readonly answers: readonly AgentAnswer[];
  /** Each agent's own; one that refused has said what stood in the way. */
  readonly byAgent: Readonly<Record<string, AgentReply>>;
  /** What was said, where the caller keeps it. */
  readonly messages: readonly MessageRow[];
}

export interface RepairAnswers {
  readonly answers: readonly Answer[];
  readonly round: RepairRound;
  readonly messages: readonly MessageRow[];
}

/** What is called out to agents and is the same for all of them. */
export const mediatorName = 'mediator';

/** The mediator: calls vendor agents and gathers what they answer (CFP.md 2 and 3). */
export class Mediator {
  private readonly gatherer: Gatherer;
  private lastSequence = 0;

  constructor(
    connection: NatsConnection,
    private readonly registry: VendorRegistry,
    private readonly store: AgencyStore,
    private readonly context: Pick<AppContext, 'clock' | 'ids' | 'log'>,
  ) {
    this.gatherer = new Gatherer(connection);
  }

  close(): void {
    this.gatherer.close();
  }

  async callOut(call: CallOut): Promise<Gathering> {
    const { gathered, messages } = await this.round(call, this.message(call));
    const replies = together(gathered);
    const answers = answersOf(gathered, (agent) => this.registry.vendorOf(agent));
    return {
      byAgent: Object.fromEntries(replies),
      answers,
      messages,
      // Who goes through several rounds puts them together by himself.
      get answer() {
        return mergeAnswers(answersIn(replies), call.demand);
      },
    };
  }

  /** The repair round of a call that nobody can meet: each agent's offers that a smallest change of it can need (CFP.md 3). */
  async callForRepair(call: CallOut): Promise<RepairAnswers> {
    const { gathered, messages } = await this.round(call, { ...this.message(call), purpose: 'repair' });
    const replies = together(gathered);
    const asked = [...replies.keys(), ...gathered.silent].sort();
    return { answers: answersIn(replies), round: { asked, silent: [...gathered.silent].sort() }, messages };
  }

  private async round(call: CallOut, message: CfpMessage) {
    const transcript = new Transcript(call, this.store, this.context);
    const options = {
      expected: () => this.registry.alive(),
      within: call.within,
      onReply: (reply: CfpReply, standing: 'used' | 'duplicate' | 'late', text: string) => {
        transcript.came(reply, standing, text);
        const answer = standing === 'used' ? answerBy(reply, (agent) => this.registry.vendorOf(agent)) : undefined;
        if (answer) call.onAnswer?.(answer);
      },
      onInvalid: (error: unknown) => {
        transcript.cameInvalid(error);
        this.context.log.warn(
          { err: error, conversation: call.conversation },
          'A reply to a call does not follow its contract; it is passed over',
        );
      },
    };
    const counters = call.everybody ? this.withOthers(call.counters) : call.counters;
    const gathered = await (counters
      ? this.gatherer.gatherFrom(this.countered(counters, call.holds ?? {}, message, transcript), options)
      : this.gatherer.gather(transcript.sent(message, null), options));
    const messages = transcript.close();
    if (call.keepsMessages) return { gathered, messages };
    await this.store.work((work) => keepMessages(work.tables, messages));
    return { gathered, messages: [] };
  }

  private withOthers(counters: CallOut['counters']): NonNullable<CallOut['counters']> {
    return Object.fromEntries([...this.registry.alive()].map((agent) => [agent, counters?.[agent] ?? []]));
  }

  /** To each agent what it alone is told. */
  private countered(
    counters: NonNullable<CallOut['counters']>,
    holds: NonNullable<CallOut['holds']>,
    message: CfpMessage,
    transcript: Transcript,
  ): ReadonlyMap<string, CfpMessage> {
    return new Map(
      Object.entries(counters).map(([agent, told], index) => {
        const held = holds[agent];
        const own = {
          ...message,
          id: this.context.ids.next(),
          sequence: message.sequence + index,
          counters: [...told],
          ...(held === undefined ? {} : { holds: held }),
        };
        return [agent, transcript.sent(own, agent)];
      }),
    );
  }

  private message(call: CallOut): CfpMessage {
    const now = this.context.clock.now();
    return {
      id: this.context.ids.next(),
      conversation: call.conversation,
      sender: mediatorName,
      sequence: this.sequence(now),
      sentAt: isoTime(now),
      performative: 'cfp',
      round: call.round,
      ...(call.rounds === undefined ? {} : { rounds: call.rounds }),
      replyBy: isoTime(now + call.within),
      demand: call.demand,
      excludedOffers: [...call.excludedOffers],
    };
  }

  /** Grows from round to round, over restarts too, in steps that leave room for one message to each agent and for the parts of its answer. */
  private sequence(now: number): number {
    this.lastSequence = Math.max(now, this.lastSequence + 1);
    return this.lastSequence * sequencesOfARound;
  }
}

const sequencesOfARound = 1_000;
