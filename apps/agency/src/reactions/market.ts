import type { Cheaper } from '../renegotiation/market-watch.js';
import type { Work } from '../store/agency-store.js';
import { react } from './rules.js';

/** The market is cheaper by as much as a rule wants: that rule, and no other, says what follows. Resolves to whether it has it told. */
export async function heedMarket(work: Work, ids: { next(): string }, cheaper: Cheaper): Promise<boolean> {
  const { agreement, call, rule, message, saving } = cheaper;
  return await react(work, ids, {
    agreement,
    call,
    event: { type: 'market.cheaper', message, rule, values: { saving: 100 * saving } },
  });
}
