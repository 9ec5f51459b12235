import { AgencyError } from '@cloud-agency/errors';
import type { JsonValue } from '@cloud-agency/occi';
import { parseQuantity } from '@cloud-agency/sla';
import type { Asked } from '../../renegotiation/desk.js';

/** What the attributes of the action `renegotiate` ask for. @throws AgencyError invalid-request, with the attribute that cannot be read. */
export function askedBy(attributes: Readonly<Record<string, JsonValue>>): Asked {
  const written = (name: string): string | undefined => {
    const value = attributes[`agency.renegotiation.${name}`];
    return typeof value === 'string' ? value : undefined;
  };
  const document = written('document');
  const gain = quantity('gain', 'fraction', written('gain'));
  const switching = quantity('switching', 'money', written('switching'));
  return {
    accept: written('accept') === 'best' ? 'best' : 'manual',
    ...(document === undefined ? {} : { document }),
    ...(gain === undefined ? {} : { leastGain: gain }),
    ...(switching === undefined ? {} : { switching }),
  };
}

function quantity(name: string, dimension: 'fraction' | 'money', text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseQuantity(text, dimension);
  } catch (cause) {
    if (!(cause instanceof AgencyError)) throw cause;
    throw new AgencyError('invalid-request', { message: `agency.renegotiation.${name}: ${cause.message}` }, { cause });
  }
}
