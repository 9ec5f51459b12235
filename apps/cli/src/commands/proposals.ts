import { proposalOf } from '../entities/call.js';
import { exit } from '../failure.js';
import { verb, withUrl } from '../verb.js';
import { proposalLines } from '../views/proposals.js';

export const proposals = verb(
  {
    name: 'proposals',
    description: 'Show the ranked proposals of a call',
    adjust: (command) => withUrl(command).argument('<cfp>', 'id of the call'),
  },
  async ({ args: [cfp = ''], client, terminal }) => {
    await client.entity('cfp', cfp);
    const found = (await client.entities('proposal', { 'agency.proposal.cfp': cfp })).map(proposalOf);
    const open = found.filter(({ state }) => state === 'proposed');
    const shown = (open.length > 0 ? open : found).sort((a, b) => a.rank - b.rank);
    terminal.tell(proposalLines(shown).join('\n'));
    for (const proposal of shown) terminal.tell(`  ${proposal.rank} is ${proposal.id} (${proposal.state})`, proposal);
    return exit.done;
  },
);
