import { agreementOf, renegotiationOf, violationOf } from '../entities/agreement.js';
import { cfpOf, messageOf, proposalOf } from '../entities/call.js';
import { type AgencyClient, RefusedRequest } from '../client.js';
import { exit } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { verb, withUrl } from '../verb.js';
import { alternativeLines, priceLines } from '../views/alternatives.js';
import { answerLine } from '../views/answer.js';
import { conversationLines } from '../views/conversation.js';
import { explanationLines } from '../views/explanation.js';
import { type Kept, promiseLines } from '../views/promises.js';
import { proposalLines } from '../views/proposals.js';
import { reactionLines } from '../views/reactions.js';

export const explain = verb(
  {
    name: 'explain',
    description: 'Explain what became of a call, or how an agreement was kept, and why',
    adjust: (command) => withUrl(command).argument('<id>', 'id of a call or an agreement'),
  },
  async ({ args: [id = ''], client, terminal }) => {
    const agreement = await agreementWith(client, id);
    if (agreement) explainAgreement(agreement, terminal);
    else await explainCall(id, client, terminal);
    return exit.done;
  },
);

async function agreementWith(client: AgencyClient, id: string): Promise<Kept | undefined> {
  try {
    return await keptOf(client, agreementOf(await client.entity('agreement', id)));
  } catch (error) {
    if (error instanceof RefusedRequest && error.status === 404) return undefined;
    throw error;
  }
}

async function keptOf(client: AgencyClient, agreement: Kept['agreement']): Promise<Kept> {
  const [violations, renegotiations] = await Promise.all([
    client.entities('violation', { 'agency.violation.agreement': agreement.id }),
    client.entities('renegotiation', { 'agency.renegotiation.agreement': agreement.id }),
  ]);
  return {
    agreement,
    violations: violations.map(violationOf),
    renegotiations: renegotiations.map(renegotiationOf),
  };
}

function explainAgreement(kept: Kept, terminal: Terminal): void {
  const { name, state, reactions } = kept.agreement;
  terminal.tell(
    [`${name} is ${state}.`, ...promised(kept), ...under('What was done about events:', reactionLines(reactions))].join('\n'),
    kept,
  );
}

async function explainCall(id: string, client: AgencyClient, terminal: Terminal): Promise<void> {
  const cfp = cfpOf(await client.entity('cfp', id));
  const proposals = (await client.entities('proposal', { 'agency.proposal.cfp': id }))
    .map(proposalOf)
    .sort((a, b) => a.rank - b.rank);
  const messages = (await client.entities('message', { 'agency.message.conversation': id })).map(messageOf);
  const agreements = (await client.entities('agreement', { 'agency.agreement.cfp': id })).map(agreementOf);
  const kept = await Promise.all(agreements.map((agreement) => keptOf(client, agreement)));
  const lines = [
    `${cfp.name} is ${cfp.state}${cfp.message ? `: ${cfp.message}` : ''}.`,
    'What the vendors answered:',
    ...cfp.answers.map(answerLine),
    'What the requirements excluded:',
    ...explanationLines(cfp.explanation),
    ...(cfp.explanation ? [...alternativeLines(cfp.explanation), ...priceLines(cfp.explanation)] : []),
    ...(proposals.length > 0 ? ['', ...proposalLines(proposals)] : []),
    ...kept.flatMap(promised),
    ...under(
      'What was done about events:',
      agreements.flatMap(({ reactions }) => reactionLines(reactions)),
    ),
    ...under('What was said:', conversationLines(messages)),
  ];
  const [violations, renegotiations] = [kept.flatMap((one) => one.violations), kept.flatMap((one) => one.renegotiations)];
  terminal.tell(lines.join('\n'), { cfp, proposals, messages, agreements, violations, renegotiations });
}

const promised = (kept: Kept): readonly string[] => under('How its promises were kept:', promiseLines(kept));

const under = (head: string, lines: readonly string[]): readonly string[] => (lines.length > 0 ? ['', head, ...lines] : []);
