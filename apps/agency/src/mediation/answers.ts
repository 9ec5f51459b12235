/** What vendor agents answered to one call, told in few words, and as the negotiator needs it. */
import type { CfpReply, Gathered, ProposeMessage } from '@cloud-agency/bus';
import type { Answer } from '@cloud-agency/sla';
import type { AgentAnswer } from '../store/tables.js';

/** One answer of each agent: its parts together, or what its refusal tells. */
export function answersIn(gathered: Gathered): readonly Answer[] {
  return [...together(gathered).values()];
}

export function together({ proposals, refusals }: Gathered): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>();
  for (const [agent, parts] of proposals) answers.set(agent, whole(parts));
  for (const [agent, { answer }] of refusals) answers.set(agent, answer ?? { offers: [], items: [] });
  return answers;
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

type Refusal = Exclude<CfpReply, ProposeMessage>;

export function refusedBy({ sender: agent, message, answer }: Refusal, vendor: string): AgentAnswer {
  const considered = Math.max(0, ...(answer?.items ?? []).map((item) => item.considered));
  return { agent, vendor, state: 'refused', offers: 0, considered, message };
}

export const isLast = (reply: CfpReply): boolean => reply.performative !== 'propose' || reply.part.k === reply.part.n;
