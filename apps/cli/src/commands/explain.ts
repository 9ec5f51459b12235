import { agreementOf, cfpOf, messageOf, proposalOf } from '../entities.js';
import { exit } from '../failure.js';
import { verb, withUrl } from '../verb.js';
import { alternativeLines, priceLines } from '../views/alternatives.js';
import { answerLine } from '../views/answer.js';
import { conversationLines } from '../views/conversation.js';
import { explanationLines } from '../views/explanation.js';
import { proposalLines } from '../views/proposals.js';
import { reactionLines } from '../views/reactions.js';

export const explain = verb(
  {
    name: 'explain',
    description: 'Explain what became of a call and why',
    adjust: (command) => withUrl(command).argument('<cfp>', 'id of the call'),
  },
  async ({ args: [id = ''], client, terminal }) => {
    const cfp = cfpOf(await client.entity('cfp', id));
    const proposals = (await client.entities('proposal', { 'agency.proposal.cfp': id }))
      .map(proposalOf)
      .sort((a, b) => a.rank - b.rank);
    const messages = (await client.entities('message', { 'agency.message.conversation': id })).map(messageOf);
    const agreements = (await client.entities('agreement', { 'agency.agreement.cfp': id })).map(agreementOf);
    const reactions = agreements.flatMap((agreement) => reactionLines(agreement.reactions));
    const lines = [
      `${cfp.name} is ${cfp.state}${cfp.message ? `: ${cfp.message}` : ''}.`,
      'What the vendors answered:',
      ...cfp.answers.map(answerLine),
      'What the requirements excluded:',
      ...explanationLines(cfp.explanation),
      ...(cfp.explanation ? [...alternativeLines(cfp.explanation), ...priceLines(cfp.explanation)] : []),
      ...(proposals.length > 0 ? ['', ...proposalLines(proposals)] : []),
      ...(reactions.length > 0 ? ['', 'What was done about events:', ...reactions] : []),
      ...(messages.length > 0 ? ['', 'What was said:', ...conversationLines(messages)] : []),
    ];
    terminal.tell(lines.join('\n'), { cfp, proposals, messages, agreements });
    return exit.done;
  },
);
