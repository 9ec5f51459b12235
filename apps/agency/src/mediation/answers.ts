/** What vendor agents answered to one call, told in few words, and as the negotiator needs it. */
import type { CfpReply, Gathered, ProposeMessage, RefuseMessage } from '@cloud-agency/bus';
import type { Answer } from '@cloud-agency/sla';
import type { AgentAnswer } from '../store/tables.js';

/** All that an agent answered, and the id of the message if it was one proposal; or which one its offers have new prices in. */
export type AgentReply =
  { readonly answer: Answer; readonly proposal: string | null } | { readonly reprices: string; readonly level: number };

/** One whole answer of each agent: its parts together, or what its refusal tells. */
export function answersIn(replies: ReadonlyMap<string, AgentReply>): readonly Answer[] {
  return [...replies.values()].flatMap((reply) => ('answer' in reply ? [reply.answer] : []));
}

export function together({ proposals, repriced, refusals }: Gathered): ReadonlyMap<string, AgentReply> {
  const replies = new Map<string, AgentReply>();
  for (const [agent, parts] of proposals)
    replies.set(agent, { answer: whole(parts), proposal: parts.length === 1 ? (parts[0]?.id ?? null) : null });
  for (const [agent, { reprices, level }] of repriced) replies.set(agent, { reprices, level });
  for (const [agent, { answer }] of refusals) replies.set(agent, { answer: answer ?? { offers: [], items: [] }, proposal: null });
  return replies;
}

function whole(parts: readonly ProposeMessage[]): Answer {
  const [only] = parts;
  if (only && parts.length === 1) return only.answer;
  return {
    ...only?.answer,
    offers: parts.flatMap((part) => part.answer.offers),
    items: parts.flatMap((part) => part.answer.items),
    discounts: parts.flatMap((part) => part.answer.discounts ?? []),
    quotas: parts.flatMap((part) => part.answer.quotas ?? []),
  };
}

/** In few words; of those that only changed their prices nothing. */
export function answersOf(gathered: Gathered, vendorOf: (agent: string) => string): readonly AgentAnswer[] {
  const proposed = [...gathered.proposals.values()].flatMap((parts) =>
    parts.slice(0, 1).map((first) => proposedBy(first, parts, vendorOf(first.sender))),
  );
  const refused = [...gathered.refusals.values()].map((refusal) => refusedBy(refusal, vendorOf(refusal.sender)));
  const silent = gathered.silent.map((agent) => ({
    agent,
    vendor: vendorOf(agent),
    state: 'silent' as const,
    offers: 0,
    considered: 0,
    message: 'did not answer in time',
  }));
  return [...proposed, ...refused, ...silent].sort((a, b) => a.agent.localeCompare(b.agent));
}

export function proposedBy(
  { sender: agent, staleSince }: ProposeMessage,
  parts: readonly ProposeMessage[],
  vendor: string,
): AgentAnswer {
  const message = staleSince === undefined ? '' : `its vendor does not answer; these offers were last seen at ${staleSince}`;
  const offers = parts.reduce((sum, part) => sum + part.answer.offers.length, 0);
  const considered = Math.max(0, ...parts.flatMap((part) => part.answer.items.map((item) => item.considered)));
  return { agent, vendor, state: 'proposed', offers, considered, message };
}

export function refusedBy({ sender: agent, message, answer }: RefuseMessage, vendor: string): AgentAnswer {
  const considered = Math.max(0, ...(answer?.items ?? []).map((item) => item.considered));
  return { agent, vendor, state: 'refused', offers: 0, considered, message };
}

/** What an agent's last message tells of it; undefined before, and where only prices have changed. */
export function answerBy(reply: CfpReply, vendorOf: (agent: string) => string): AgentAnswer | undefined {
  const vendor = vendorOf(reply.sender);
  if (reply.performative !== 'propose') return refusedBy(reply, vendor);
  return 'part' in reply && reply.part.k === reply.part.n ? proposedBy(reply, [reply], vendor) : undefined;
}
