import { Counter, register } from 'prom-client';

/** What became of a stored message: handed to its stream; or taken in, given back because one before it is missing, or for an error, or refused for good. */
type Fate = 'sent' | 'taken' | 'early' | 'failed' | 'invalid';

const name = 'agency_bus_messages_total';

/** Counts a message of this process by its subject; commands to all agents together. */
export function countMessage(fate: Fate, subject: string): void {
  counter().inc({ fate, subject: subject.startsWith('agency.command.') ? 'agency.command' : subject });
}

function counter(): Counter<'fate' | 'subject'> {
  const known = register.getSingleMetric(name) as Counter<'fate' | 'subject'> | undefined;
  return (
    known ??
    new Counter({ name, help: 'Commands and events of the bus, by what became of them.', labelNames: ['fate', 'subject'] })
  );
}
