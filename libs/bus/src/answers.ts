import type { CfpReply, ProposeMessage, RefuseMessage, RepricedMessage } from './messages.js';

export interface Gathered {
  /** The parts of each agent that answered in full, in order. */
  readonly proposals: ReadonlyMap<string, readonly ProposeMessage[]>;
  readonly repriced: ReadonlyMap<string, RepricedMessage>;
  readonly refusals: ReadonlyMap<string, RefuseMessage>;
  /** Expected agents of which nothing, or not all, came in time. */
  readonly silent: readonly string[];
}

/** The answers to one call, by agent and part. */
export class Answers {
  private readonly parts = new Map<string, Map<number, ProposeMessage>>();
  private readonly repriced = new Map<string, RepricedMessage>();
  private readonly refusals = new Map<string, RefuseMessage>();

  /** False for what is already there. */
  add(reply: CfpReply): boolean {
    if (reply.performative !== 'propose') return addOnce(this.refusals, reply);
    if ('reprices' in reply) return addOnce(this.repriced, reply);
    const parts = this.parts.get(reply.sender) ?? new Map<number, ProposeMessage>();
    if (parts.has(reply.part.k)) return false;
    this.parts.set(reply.sender, parts.set(reply.part.k, reply));
    return true;
  }

  /** Of how many agents anything has come. */
  get count(): number {
    return this.parts.size + this.repriced.size + this.refusals.size;
  }

  /** Whether its last part, or a refusal, is there. */
  hasAnswered(agent: string): boolean {
    if (this.refusals.has(agent) || this.repriced.has(agent)) return true;
    const parts = this.parts.get(agent);
    const [first] = parts?.values() ?? [];
    return parts !== undefined && first !== undefined && parts.size === first.part.n;
  }

  missing(expected: ReadonlySet<string>): readonly string[] {
    return [...expected].filter((agent) => !this.hasAnswered(agent));
  }

  gathered(expected: ReadonlySet<string>): Gathered {
    const proposals = new Map<string, readonly ProposeMessage[]>();
    for (const [agent, parts] of this.parts) {
      if (!this.hasAnswered(agent)) continue;
      proposals.set(
        agent,
        [...parts.values()].sort((a, b) => a.part.k - b.part.k),
      );
    }
    return { proposals, repriced: this.repriced, refusals: this.refusals, silent: this.missing(expected) };
  }
}

function addOnce<Reply extends CfpReply>(replies: Map<string, Reply>, reply: Reply): boolean {
  if (replies.has(reply.sender)) return false;
  replies.set(reply.sender, reply);
  return true;
}
