import { exit } from '../failure.js';
import { decide } from './deciding.js';
import { verb, withUrl } from '../verb.js';

export const accept = verb(
  {
    name: 'accept',
    description: 'Accept a proposal, of a call or a renegotiation',
    adjust: (command) => withUrl(command).argument('<proposal>', 'id of the proposal, or of a renegotiation'),
  },
  async ({ args: [proposal = ''], client, terminal }) => {
    const kind = await decide(client, proposal, 'accept');
    terminal.tell(`Accepted ${kind} ${proposal}.`, { type: 'accepted', [kind]: proposal });
    return exit.done;
  },
);
