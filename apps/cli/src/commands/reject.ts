import { exit } from '../failure.js';
import { decide } from './deciding.js';
import { verb, withUrl } from '../verb.js';

export const reject = verb(
  {
    name: 'reject',
    description: 'Reject a proposal, of a call or a renegotiation',
    adjust: (command) => withUrl(command).argument('<proposal>', 'id of the proposal, or of a renegotiation'),
  },
  async ({ args: [proposal = ''], client, terminal }) => {
    const kind = await decide(client, proposal, 'reject');
    terminal.tell(`Rejected ${kind} ${proposal}.`, { type: 'rejected', [kind]: proposal });
    return exit.done;
  },
);
