import type { AgreementOffer } from './agreement.js';

/** What a responder makes of an offer. */
export type Decision =
  | { readonly decision: 'accept' }
  | { readonly decision: 'refuse'; readonly reason: string }
  /** Another offer instead, which its receiver may submit as its own. */
  | { readonly decision: 'counter'; readonly reason: string; readonly offer: AgreementOffer };

/** Decides on an offer at an instant (ms since 1970); undefined leaves it to somebody else. */
export type AgreementPolicy = (offer: AgreementOffer, now: number) => Decision | undefined | Promise<Decision | undefined>;

/** The policies in turn, the first that decides. */
export function firstThatDecides(...policies: readonly AgreementPolicy[]): AgreementPolicy {
  return async (offer, now) => {
    for (const policy of policies) {
      const decision = await policy(offer, now);
      if (decision) return decision;
    }
    return undefined;
  };
}

export const accepting: AgreementPolicy = () => ({ decision: 'accept' });

/** Refuses what the test does not pass, for the reason that it gives. */
export function refusingUnless(isFine: (offer: AgreementOffer) => boolean, reason: string): AgreementPolicy {
  return (offer) => (isFine(offer) ? undefined : { decision: 'refuse', reason });
}

/** Counters an offer that pays less than `least` USD a month with the same at that price. */
export function atLeast(least: number): AgreementPolicy {
  return (offer) =>
    offer.price >= least
      ? undefined
      : { decision: 'counter', reason: `it costs ${least} USD a month`, offer: { ...offer, price: least } };
}

/** Refuses an offer that costs more than `most` USD a month. */
export function withinBudget(most: number): AgreementPolicy {
  return refusingUnless(({ price }) => price <= most, `it costs more than ${most} USD a month`);
}
