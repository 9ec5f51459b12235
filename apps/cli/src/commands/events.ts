import { InvalidArgumentError } from 'commander';
import { exit } from '../failure.js';
import { verb, withUrl } from '../verb.js';

interface Flags {
  readonly cfp?: string;
  readonly agreement?: string;
  readonly after?: number;
}

export const events = verb<Flags>(
  {
    name: 'events',
    description: 'Show events as they happen, until Ctrl-C',
    adjust: (command) =>
      withUrl(command)
        .option('--cfp <id>', 'only those of this call')
        .option('--agreement <id>', 'only those of this agreement')
        .option('--after <number>', 'begin after this event; 0 is the beginning', eventNumber),
  },
  async ({ options: { cfp, agreement, after }, client, terminal, signal }) => {
    await client.readiness();
    const query = { ...(cfp ? { cfp } : {}), ...(agreement ? { agreement } : {}), ...(after === undefined ? {} : { after }) };
    for await (const event of client.events(query, signal)) {
      terminal.tell(`${event.at}  ${event.type.padEnd(20)}  ${event.message}`, event);
    }
    return exit.done;
  },
);

function eventNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is the number of an event: a whole number.');
  return Number(text);
}
