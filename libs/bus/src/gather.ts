import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { type CfpMessage, CfpReply, type ProposeMessage, type RefuseMessage } from './messages.js';
import { subjects } from './subjects.js';
import { decoded, encoded, validated } from './validate.js';

export interface GatherOptions {
  /** The agents that are alive, asked anew after each reply: gathering ends once each has sent its last part or a refusal. Empty: wait until replyBy. */
  readonly expected: () => ReadonlySet<string>;
  /** How long to wait at most, ms. */
  readonly within: number;
  readonly onReply?: (reply: CfpReply) => void;
  readonly onInvalid?: (error: unknown) => void;
}

export interface Gathered {
  /** The parts of each agent that answered in full, in order. */
  readonly proposals: ReadonlyMap<string, readonly ProposeMessage[]>;
  readonly refusals: ReadonlyMap<string, RefuseMessage>;
  /** Expected agents of which nothing, or not all, came in time. */
  readonly silent: readonly string[];
}

/**
 * Sends one call for proposals to every vendor agent and gathers the answers: counted by agent and part on an inbox of its own, so that one
 * slow or dead agent delays nobody beyond the reply time (CFP.md 3).
 */
export async function gather(connection: NatsConnection, cfp: CfpMessage, options: GatherOptions): Promise<Gathered> {
  const answers = new Answers();
  const inbox = createInbox();
  return await new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      clearInterval(recheck);
      subscription.unsubscribe();
      resolve(answers.gathered(options.expected()));
    };
    const finishWhenAllAnswered = (): void => {
      if (answers.complete(options.expected())) finish();
    };
    const receive = (message: Msg): void => {
      if (message.data.length === 0) return;
      try {
        const reply = validated(CfpReply, decoded(message.data));
        if (reply.conversation !== cfp.conversation || !answers.add(reply)) return;
        options.onReply?.(reply);
        finishWhenAllAnswered();
      } catch (error) {
        options.onInvalid?.(error);
      }
    };
    const subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        if (!error) receive(message);
      },
    });
    const timer = setTimeout(finish, options.within);
    const recheck = setInterval(finishWhenAllAnswered, 100);
    connection.publish(subjects.cfp, encoded(cfp), { reply: inbox });
  });
}

class Answers {
  private readonly parts = new Map<string, Map<number, ProposeMessage>>();
  private readonly refusals = new Map<string, RefuseMessage>();

  /** False for what is already there. */
  add(reply: CfpReply): boolean {
    if (reply.performative !== 'propose') {
      if (this.refusals.has(reply.sender)) return false;
      this.refusals.set(reply.sender, reply);
      return true;
    }
    const parts = this.parts.get(reply.sender) ?? new Map<number, ProposeMessage>();
    if (parts.has(reply.part.k)) return false;
    this.parts.set(reply.sender, parts.set(reply.part.k, reply));
    return true;
  }

  complete(expected: ReadonlySet<string>): boolean {
    return expected.size > 0 && [...expected].every((agent) => this.answered(agent));
  }

  gathered(expected: ReadonlySet<string>): Gathered {
    const proposals = new Map<string, readonly ProposeMessage[]>();
    for (const [agent, parts] of this.parts) {
      if (this.answered(agent))
        proposals.set(
          agent,
          [...parts.values()].sort((a, b) => a.part.k - b.part.k),
        );
    }
    return { proposals, refusals: this.refusals, silent: [...expected].filter((agent) => !this.answered(agent)) };
  }

  private answered(agent: string): boolean {
    if (this.refusals.has(agent)) return true;
    const parts = this.parts.get(agent);
    const [first] = parts?.values() ?? [];
    return parts !== undefined && first !== undefined && parts.size === first.part.n;
  }
}
