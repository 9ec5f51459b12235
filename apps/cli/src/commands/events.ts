import { InvalidArgumentError } from 'commander';
import type { EventsQuery } from '../client.js';
import { exit } from '../failure.js';
import { moment, momentForms } from '../times.js';
import { verb, withUrl } from '../verb.js';

interface Flags {
  readonly cfp?: string;
  readonly agreement?: string;
  readonly resource?: string;
  readonly types?: string;
  readonly after?: number;
  readonly since?: Pick<EventsQuery, 'since' | 'after'>;
}

export const events = verb<Flags>(
  {
    name: 'events',
    description: 'Show events as they happen, until Ctrl-C',
    adjust: (command) =>
      withUrl(command)
        .option('--cfp <id>', 'only those of this call')
        .option('--agreement <id>', 'only those of this agreement')
        .option('--resource <id>', 'only those about this compute')
        .option('--types <types>', 'only these, e.g. sla.*,resource.down')
        .option('--after <number>', 'begin after this event; 0 is the beginning', eventNumber)
        .option('--since <when>', `begin at ${momentForms}, or after the event of a number`, sinceWhen),
  },
  async ({ options: { since, ...query }, client, terminal, signal }) => {
    await client.readiness();
    for await (const event of client.events({ ...given(query), ...since }, signal)) {
      terminal.tell(`${event.at}  ${event.type.padEnd(20)}  ${event.message}`, event);
    }
    return exit.done;
  },
);

const given = ({ cfp, agreement, resource, types, after }: Omit<Flags, 'since'>): EventsQuery => ({
  ...(cfp ? { cfp } : {}),
  ...(agreement ? { agreement } : {}),
  ...(resource ? { resource } : {}),
  ...(types ? { types } : {}),
  ...(after === undefined ? {} : { after }),
});

function eventNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is the number of an event: a whole number.');
  return Number(text);
}

function sinceWhen(text: string): Pick<EventsQuery, 'since' | 'after'> {
  return /^\d{1,9}$/.test(text) ? { after: Number(text) } : { since: moment(text) };
}
