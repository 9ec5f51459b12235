import type { VendorAnswer } from '../entities/call.js';
import { count, plural } from './figures.js';

/** What one vendor agent answered to a call, on one line. */
export function answerLine({ agent, state, offers, considered, message }: VendorAnswer): string {
  const name = agent.padEnd(14);
  if (state === 'proposed')
    return `  ${name} ${plural(offers, 'offer')} of ${count(considered)}${message ? ` (${message})` : ''}`;
  if (state === 'silent') return `  ${name} no answer${message ? `: ${message}` : ''}`;
  return `  ${name} no: ${message}`;
}
