import { InvalidArgumentError } from 'commander';
import type { EventsQuery } from '../client.js';
import { exit } from '../failure.js';
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
        .option(
          '--since <when>',
          'begin at a time (2026-01-31T12:00:00Z), so long ago (90s, 15m, 2h, 3d), or after the event of a number',
          moment,
        ),
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

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function moment(text: string): Pick<EventsQuery, 'since' | 'after'> {
  const [, number = '', unit] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? [];
  if (number !== '' && unit === '') return { after: Number(number) };
  if (number !== '') return { since: new Date(Date.now() - Number(number) * unitMs[unit as keyof typeof unitMs]).toISOString() };
  if (Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError(
      'It is a time (2026-01-31T12:00:00Z), so long ago (90s, 15m, 2h, 3d), or the number of an event.',
    );
  return { since: new Date(text).toISOString() };
}
