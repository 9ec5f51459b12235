import type { CfpReply, ProposeMessage, RefuseMessage } from './messages.js';

export interface Gathered {
  /** The parts of each agent that answered in full, in order. */
  readonly proposals: ReadonlyMap<string, readonly ProposeMessage[]>;
  readonly refusals: ReadonlyMap<string, RefuseMessage>;
  /** Expected agents of which nothing, or not all, came in time. */
  readonly silent: readonly string[];
}

/** The answers to one call, by agent and part. */
export class Answers {
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

  /** Whether its last part, or a refusal, is there. */
  hasAnswered(agent: string): boolean {
    if (this.refusals.has(agent)) return true;
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
    return { proposals, refusals: this.refusals, silent: this.missing(expected) };
  }
}
