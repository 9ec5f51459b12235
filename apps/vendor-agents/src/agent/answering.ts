import {
  CfpMessage,
  type CfpReply,
  type ProposeMessage,
  type RefuseMessage,
  type RepricedMessage,
  validated,
} from '@cloud-agency/bus';
import { AgencyError, reasonOf } from '@cloud-agency/errors';
import { type Clock, type Ids, isoTime, type Log } from '@cloud-agency/runtime';
import {
  type Answer,
  answering,
  answerRepair,
  type Discount,
  type OfferTable,
  type ProvidesImage,
  type Quota,
} from '@cloud-agency/sla';
import { ownTurn } from '../vendor/own-turn.js';
import type { Concession } from './concession.js';
import { inParts } from './parts.js';
import { Proposals, type Proposed } from './proposed.js';

export interface AnsweringOptions {
  readonly agent: string;
  /** The offers held now; undefined while there are none. */
  readonly table: () => OfferTable | undefined;
  /** Resolves once there are offers, or it is known that there are none. */
  readonly loaded: Promise<void>;
  /** When they were last seen, where that is too long ago, ms. */
  readonly staleSince: () => number | undefined;
  /** Why there are none. */
  readonly problem: () => string;
  readonly providesImage: ProvidesImage;
  /** Those that the offers of any table may name. */
  readonly discounts: readonly Discount[];
  /** What is taken off their prices in this round. */
  readonly concession: Pick<Concession, 'levels' | 'at'>;
  /** What the account may still take, as far as it is known. */
  readonly quotas: () => Promise<readonly Quota[]>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** A call that comes while the offers are being loaded is refused so long before its time is up, ms: the refusal has a way to go. */
const refusalTakesMs = 250;

/** What an answer is made from; `level` where all of its offers are at one share of their list prices, and nothing else about it is out of the ordinary. */
interface Made extends Omit<Proposed, 'id' | 'level'> {
  readonly levels: readonly number[];
  readonly level: number | undefined;
}

type Refusal = Pick<RefuseMessage, 'reason' | 'message' | 'answer'>;

/** Answers calls for proposals: with the offers that can still be part of an optimum, in parts, or a typed refusal. */
export class Answering {
  private readonly proposals = new Proposals();

  constructor(private readonly options: AnsweringOptions) {}

  /** The replies in order; none when the call came too late or tells nobody to answer to. One that took too long is sent all the same: it is recorded. */
  async reply(message: unknown): Promise<readonly CfpReply[]> {
    let cfp: CfpMessage;
    try {
      cfp = validated(CfpMessage, message);
    } catch (error) {
      return this.notUnderstood(message, error);
    }
    await this.offersOrTimeUp(cfp);
    if (!this.inTime(cfp)) return [];
    const replies = await this.answer(cfp);
    if (!this.inTime(cfp)) {
      const { agent, log } = this.options;
      log.warn({ agent, conversation: cfp.conversation }, 'A call was answered too late.');
    }
    return replies;
  }

  private async offersOrTimeUp({ replyBy }: CfpMessage): Promise<void> {
    const { table, loaded, clock } = this.options;
    const patienceMs = Date.parse(replyBy) - clock.now() - refusalTakesMs;
    if (table() || patienceMs <= 0) return;
    await new Promise<void>((resolve) => {
      const timeUp = clock.after(patienceMs, resolve);
      void loaded.then(() => {
        timeUp();
        resolve();
      });
    });
  }

  private async answer(cfp: CfpMessage): Promise<readonly CfpReply[]> {
    const { agent } = this.options;
    if (cfp.demand.accounts?.includes(agent) === false)
      return [this.refuse(cfp, { reason: 'no-feasible-offer', message: 'The call is for other accounts.' })];
    const table = this.options.table()?.observed(cfp.demand.observed);
    if (!table) return [this.refuse(cfp, { reason: 'no-offers-loaded', message: this.options.problem() })];
    try {
      const made = await this.madeFrom(table, cfp);
      const before = made.level === undefined ? undefined : this.proposals.like(cfp, { ...made, level: made.level });
      if (before && made.level !== undefined) return [this.reprice(cfp, before, made.level)];
      const answer = await this.answerFrom(made, cfp);
      if (answer.offers.length > 0) return this.propose(cfp, answer, made);
      return [
        this.refuse(cfp, {
          reason: 'no-feasible-offer',
          message: 'None of the offers meets every constraint of any item.',
          answer,
        }),
      ];
    } catch (error) {
      return [this.refuse(cfp, this.reasonOf(cfp, error))];
    }
  }

  private async madeFrom(table: OfferTable, cfp: CfpMessage): Promise<Made> {
    const { concession, discounts, staleSince } = this.options;
    const [quotas, levels] = [await this.options.quotas(), await concession.levels(cfp, table)];
    const [level] = levels;
    const isPlain = discounts.length === 0 && staleSince() === undefined && cfp.purpose === undefined;
    const isOne = isPlain && levels.every((each) => each === level);
    return { table, quotas, levels, level: isOne ? level : undefined };
  }

  /** From one version of the offers, however long it takes: item by item, in turns with whatever else the process does. */
  private async answerFrom({ table, quotas, levels }: Made, cfp: CfpMessage): Promise<Answer> {
    const { providesImage, discounts, concession } = this.options;
    const options = { excludedOffers: new Set(cfp.excludedOffers), providesImage, discounts, quotas };
    const offers = concession.at(levels, table);
    const steps = cfp.purpose === 'repair' ? answerRepair(offers, cfp.demand, options) : answering(offers, cfp.demand, options);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      await ownTurn();
    }
  }

  private reasonOf(cfp: CfpMessage, error: unknown): Refusal {
    if (error instanceof AgencyError && error.status < 500) {
      return { reason: error.code === 'unsupported' ? 'unsupported' : 'not-understood', message: error.message };
    }
    this.options.log.error({ conversation: cfp.conversation, err: error }, 'A call could not be answered.');
    return { reason: 'failed', message: 'The agent failed to answer; its log says why.' };
  }

  private propose(cfp: CfpMessage, answer: Answer, { level, ...made }: Made): readonly ProposeMessage[] {
    const parts = inParts(answer);
    const staleSince = this.options.staleSince();
    const messages = parts.map((part, index): ProposeMessage => ({
      ...this.envelope(cfp, index + 1),
      performative: 'propose',
      part: { k: index + 1, n: parts.length },
      answer: part,
      ...(staleSince === undefined ? {} : { staleSince: isoTime(staleSince) }),
    }));
    const [first] = messages;
    const hasLaterRounds = cfp.round < (cfp.rounds ?? 1);
    if (hasLaterRounds && level !== undefined && messages.length === 1 && first)
      this.proposals.keep(cfp, { ...made, level, id: first.id });
    return messages;
  }

  private reprice(cfp: CfpMessage, before: Proposed, level: number): RepricedMessage {
    return { ...this.envelope(cfp, 1), performative: 'propose', reprices: before.id, level };
  }

  private refuse(cfp: Pick<CfpMessage, 'id' | 'conversation'>, refusal: Refusal): RefuseMessage {
    const performative = refusal.reason === 'not-understood' ? 'not-understood' : 'refuse';
    return { ...this.envelope(cfp, 1), performative, ...refusal, message: refusal.message.slice(0, 4_000) };
  }

  private notUnderstood(message: unknown, error: unknown): readonly RefuseMessage[] {
    const reason = reasonOf(error);
    this.options.log.warn({ agent: this.options.agent, reason }, 'A call was not understood.');
    const { id, conversation } = (message ?? {}) as { id?: unknown; conversation?: unknown };
    if (typeof id !== 'string' || typeof conversation !== 'string' || id === '' || conversation === '') return [];
    return [
      this.refuse(
        { id: id.slice(0, 200), conversation: conversation.slice(0, 200) },
        { reason: 'not-understood', message: reason },
      ),
    ];
  }

  private envelope(cfp: Pick<CfpMessage, 'id' | 'conversation'>, sequence: number) {
    const { ids, clock, agent } = this.options;
    return {
      id: ids.next(),
      conversation: cfp.conversation,
      sender: agent,
      sequence,
      sentAt: isoTime(clock.now()),
      inReplyTo: cfp.id,
    };
  }

  private inTime(cfp: CfpMessage): boolean {
    return this.options.clock.now() < Date.parse(cfp.replyBy);
  }
}
