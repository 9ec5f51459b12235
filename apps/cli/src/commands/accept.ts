import { exit } from '../failure.js';
import { verb, withUrl } from '../verb.js';

export const accept = verb(
  {
    name: 'accept',
    description: 'Accept a proposal',
    adjust: (command) => withUrl(command).argument('<proposal>', 'id of the proposal'),
  },
  async ({ args: [proposal = ''], client, terminal }) => {
    await client.act(proposal, 'accept');
    terminal.tell(`Accepted proposal ${proposal}.`, { type: 'accepted', proposal });
    return exit.done;
  },
);
