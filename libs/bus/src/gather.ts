import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { Answers, type Gathered } from './answers.js';
import { type CfpMessage, CfpReply } from './messages.js';
import { subjects } from './subjects.js';
import { decoded, encoded, validated } from './validate.js';

/** What becomes of a reply: used; the same again; or too late to be used. */
export type Standing = 'used' | 'duplicate' | 'late';

export interface GatherOptions {
  /** The agents that are alive, asked anew as time goes by: gathering ends once each has sent its last part or a refusal. Empty: wait until replyBy. */
  readonly expected: () => ReadonlySet<string>;
  /** How long to wait at most, ms. */
  readonly within: number;
  /** Told of every reply and its text as it came, also of those that come when gathering has ended. */
  readonly onReply?: (reply: CfpReply, standing: Standing, text: string) => void;
  readonly onInvalid?: (error: unknown) => void;
}

/** Replies that come later than this after the end, ms, go unheard. */
const heardForMs = 30_000;
/** An agent that has not answered is asked once more: its call, or its answer, may have been lost. At half of the time there is, at most so late, ms. */
const askAgainMs = 1_000;
const recheckMs = 100;

/**
 * Sends calls for proposals to vendor agents and gathers the answers, counted by agent and part, so that one slow or dead agent delays nobody
 * beyond the reply time (CFP.md 3). All of them come in on one inbox, each under a token of its own.
 */
export class Gatherer {
  private readonly inbox = createInbox();
  private readonly subscription: Subscription;
  private readonly rounds = new Map<string, Round>();
  private next = 0;

  constructor(private readonly connection: NatsConnection) {
    this.subscription = connection.subscribe(`${this.inbox}.*`, {
      callback: (error, message) => {
        if (!error) this.rounds.get(message.subject.slice(this.inbox.length + 1))?.receive(message);
      },
    });
  }

  /** Calls every agent there is. */
  async gather(cfp: CfpMessage, options: GatherOptions): Promise<Gathered> {
    return await this.round(options, (round, reply) => {
      const bytes = encoded(cfp);
      round.calls(cfp, (agent) => {
        this.connection.publish(subjects.cfpOf(agent), bytes, { reply });
      });
      this.connection.publish(subjects.cfp, bytes, { reply });
    });
  }

  /** Calls some agents, each with a message of its own; the others are neither asked nor waited for. */
  async gatherFrom(calls: ReadonlyMap<string, CfpMessage>, options: GatherOptions): Promise<Gathered> {
    const [first] = calls.values();
    if (!first) return { proposals: new Map(), repriced: new Map(), refusals: new Map(), silent: [] };
    const asked = { ...options, expected: () => within(options.expected(), calls) };
    return await this.round(asked, (round, reply) => {
      // What all of them have in common is most of each, and is put into words once.
      const { demand } = first;
      const shared = JSON.stringify(demand);
      const ask = (agent: string): void => {
        const cfp = calls.get(agent);
        if (!cfp) return;
        const text = cfp.demand === demand ? withDemand(cfp, shared) : JSON.stringify(cfp);
        this.connection.publish(subjects.cfpOf(agent), text, { reply });
      };
      round.calls(first, ask);
      for (const agent of calls.keys()) ask(agent);
    });
  }

  close(): void {
    this.subscription.unsubscribe();
    for (const round of this.rounds.values()) round.forget();
    this.rounds.clear();
  }

  private async round(options: GatherOptions, begin: (round: Round, reply: string) => void): Promise<Gathered> {
    const token = String((this.next += 1));
    const round = new Round(options, () => this.rounds.delete(token));
    this.rounds.set(token, round);
    begin(round, `${this.inbox}.${token}`);
    return await round.ended;
  }
}

function withDemand(cfp: CfpMessage, demand: string): string {
  return `${JSON.stringify({ ...cfp, demand: undefined }).slice(0, -1)},"demand":${demand}}`;
}

function within(alive: ReadonlySet<string>, asked: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  return new Set([...alive].filter((agent) => asked.has(agent)));
}

/** One gathering, and for a while after its end whatever still comes. */
class Round {
  readonly ended: Promise<Gathered>;
  private readonly answers = new Answers();
  private finish!: (gathered: Gathered) => void;
  private over = false;
  private conversation = '';
  private askAgain: ((agent: string) => void) | undefined;
  private readonly timers: NodeJS.Timeout[];
  private forgetting: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: GatherOptions,
    private readonly onForgotten: () => void,
  ) {
    this.ended = new Promise((resolve) => (this.finish = resolve));
    const { within: time } = options;
    this.timers = [
      setTimeout(() => {
        this.end();
      }, time),
      setTimeout(
        () => {
          this.remind();
        },
        Math.min(askAgainMs, time / 2),
      ),
      setInterval(() => {
        this.endWhenComplete();
      }, recheckMs),
    ];
  }

  /** What it is about, and how one agent is asked again. */
  calls({ conversation }: CfpMessage, askAgain: (agent: string) => void): void {
    this.conversation = conversation;
    this.askAgain = askAgain;
  }

  receive(message: Msg): void {
    if (message.data.length === 0) return;
    try {
      const text = message.string();
      const reply = validated(CfpReply, decoded(text));
      if (reply.conversation === this.conversation) this.take(reply, text);
    } catch (error) {
      this.options.onInvalid?.(error);
    }
  }

  forget(): void {
    this.end();
    clearTimeout(this.forgetting);
  }

  private take(reply: CfpReply, text: string): void {
    const standing = this.over ? 'late' : this.answers.add(reply) ? 'used' : 'duplicate';
    this.options.onReply?.(reply, standing, text);
    if (standing === 'used' && this.answers.hasAnswered(reply.sender)) this.endWhenComplete();
  }

  private remind(): void {
    for (const agent of this.answers.missing(this.options.expected())) this.askAgain?.(agent);
  }

  private endWhenComplete(): void {
    const expected = this.options.expected();
    if (this.answers.count < expected.size) return;
    if (expected.size > 0 && this.answers.missing(expected).length === 0) this.end();
  }

  private end(): void {
    if (this.over) return;
    this.over = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.forgetting = setTimeout(this.onForgotten, heardForMs);
    this.forgetting.unref();
    this.finish(this.answers.gathered(this.options.expected()));
  }
}
