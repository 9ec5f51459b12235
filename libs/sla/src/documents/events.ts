import { nearest } from '@cloud-agency/errors';
import { agreementStates, cfpStates, renegotiationStates } from '../vocabulary/states.js';

/** Every event there is (CFP.md 6): webhooks, streams and reactions all name these. */
export const events = [
  ...cfpStates.map((state) => `cfp.${state}`),
  'proposal.available',
  ...agreementStates.map((state) => `agreement.${state}`),
  ...renegotiationStates.map((state) => `renegotiation.${state}`),
  ...['active', 'down', 'up', 'moved', 'ending', 'repriced', 'retiring', 'underused', 'overused'].map(
    (state) => `resource.${state}`,
  ),
  'resource.agent_enrolled',
  'resource.agent_refused',
  ...['at_risk', 'violated', 'recovered', 'degraded', 'restored'].map((state) => `sla.${state}`),
  'market.cheaper',
  'vendor.alive',
  'vendor.gone',
] as const;

/**
 * What a rule's `if` can ask of an event. measured and wanted are in the unit of the term, % for use; machines is how many the item has, price
 * what the machine costs, USD an hour, saving the share of the present cost that would be saved, %, change how much
 * dearer it is than before, %, burn_rate how many times as fast as its window allows the budget of a guarantee is spent.
 */
export function eventValues(event: string): readonly string[] {
  if (event === 'market.cheaper') return ['saving'];
  if (event === 'sla.at_risk') return ['measured', 'wanted', 'machines', 'burn_rate'];
  if (isOfGuarantee(event)) return ['measured', 'wanted', 'machines'];
  if (isUse(event)) return ['measured', 'wanted', 'machines', 'price'];
  if (event === 'resource.repriced') return ['price', 'change', 'machines'];
  return ['resource.down', 'resource.up', 'resource.ending', 'resource.retiring'].includes(event) ? ['machines', 'price'] : [];
}

/** Events that are there only when a rule says from where on a machine is used too much or too little. */
export const isUse = (event: string): boolean => event === 'resource.overused' || event === 'resource.underused';

/** Events of one guarantee; sla.degraded and sla.restored are of the agreement's level. */
export const isOfGuarantee = (event: string): boolean => ['sla.at_risk', 'sla.violated', 'sla.recovered'].includes(event);

const families = [...new Set(events.map((event) => `${event.split('.')[0] ?? ''}.*`)), '*'];

/** Whether an event is meant by `sla.violated`, `sla.*` or `*`. */
export function eventMatches(event: string, pattern: string): boolean {
  return pattern === '*' || pattern === event || (pattern.endsWith('.*') && event.startsWith(pattern.slice(0, -1)));
}

/** What is wrong with an event's name, or with a pattern of them; undefined when nothing is. */
export function eventProblem(
  written: string,
  { patterns }: { readonly patterns: boolean },
): { readonly message: string; readonly hint: string } | undefined {
  const known: readonly string[] = patterns ? [...events, ...families] : events;
  if (known.includes(written)) return undefined;
  const meant = nearest(written, known);
  return {
    message: `"${written}" is not an event`,
    hint: `${meant ? `did you mean ${meant}? ` : ''}The events are ${known.join(', ')}`,
  };
}
