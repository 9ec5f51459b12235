import { AgencyError } from '@cloud-agency/errors';
import type { Answer, Offer } from '@cloud-agency/sla';

/** Below the bus's 1 MiB, with room for the envelope. */
const partLimit = 900_000;

/**
 * Splits an answer into parts that the bus carries; all but offers travels in the first.
 * @throws AgencyError too-large when the items alone do not fit.
 */
export function inParts(answer: Answer, limit = partLimit): readonly Answer[] {
  const { items, discounts, quotas } = answer;
  const whole = { items, ...(discounts && { discounts }), ...(quotas && { quotas }) };
  let size = bytes(whole);
  if (size > limit)
    throw new AgencyError('too-large', {
      message: `The answer to ${answer.items.length} items does not fit one message; make the call smaller.`,
    });
  let offers: Offer[] = [];
  const parts: (Answer & { offers: Offer[] })[] = [{ offers, ...whole }];
  for (const offer of answer.offers) {
    const length = bytes(offer) + 1;
    if (size + length > limit) {
      offers = [];
      size = 0;
      parts.push({ offers, items: [] });
    }
    offers.push(offer);
    size += length;
  }
  return parts;
}

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
