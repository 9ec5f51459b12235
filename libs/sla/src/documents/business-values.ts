import type { BusinessValue, Worth } from './call.js';
import { choice, type Fields, mapping, quantity, type Reader, wholeNumber } from './fields.js';

/** What a guarantee is worth: `importance`, `penalty` and `reward`. */
export function worthOf(fields: Fields): Worth {
  const importance = fields.optional('importance', wholeNumber(1, 100));
  const penalty = fields.optional('penalty', value);
  const reward = fields.optional('reward', kept);
  return { ...(importance !== undefined && { importance }), ...(penalty && { penalty }), ...(reward && { reward }) };
}

const periods = ['violation', 'month'] as const;

/** `{ credit: 10 %, of: charge, per: month, cap: 50 % }` or `{ amount: 5 USD, per: violation }` */
const value: Reader<BusinessValue> = mapping((fields, problems) => {
  const per = fields.required('per', choice(periods));
  const cap = fields.optional('cap', share) ?? 1;
  if (fields.has('credit') === fields.has('amount')) {
    problems.add(fields.place, 'it is worth either a "credit" or an "amount"', 'e.g. { credit: 10 %, of: charge, per: month }');
    fields.skip();
    return undefined;
  }
  if (fields.has('amount')) {
    const amount = fields.optional('amount', something('money', '5 USD'));
    return amount === undefined || per === undefined ? undefined : { amount, per, cap };
  }
  const credit = fields.optional('credit', share);
  const of = fields.optional('of', choice(['charge'])) ?? 'charge';
  return credit === undefined || per === undefined ? undefined : { credit, of, per, cap };
});

/** What is paid for a month that was kept; a violation earns nothing. */
const kept: Reader<BusinessValue> = (source, problems) => {
  const found = value(source, problems);
  if (found?.per !== 'violation') return found;
  problems.add(source, 'a reward is earned by a month without a violation', 'write per: month');
  return undefined;
};

const something =
  (dimension: 'fraction' | 'money', example: string): Reader<number> =>
  (source, problems) => {
    const found = quantity(dimension)(source, problems);
    if (found !== 0) return found;
    problems.add(source, 'nothing is worth nothing', `e.g. ${example}, or leave it out`);
    return undefined;
  };

const share = something('fraction', '10 %');
