import { exit } from '../failure.js';
import { verb, withUrl } from '../verb.js';

export const reject = verb(
  {
    name: 'reject',
    description: 'Reject a proposal',
    adjust: (command) => withUrl(command).argument('<proposal>', 'id of the proposal'),
  },
  async ({ args: [proposal = ''], client, terminal }) => {
    await client.act(proposal, 'reject');
    terminal.tell(`Rejected proposal ${proposal}.`, { type: 'rejected', proposal });
    return exit.done;
  },
);
