import { choice, type Fields, quantity, type Reader } from './fields.js';
import type { Problems } from './problems.js';
import type { UseBound } from './reaction.js';
import { span } from './watching.js';

/** So much closer to the middle is the default of `until`: use that swings around the bound is one event. */
const margin = 0.1;

/** Vendors tell how much memory is used, not what share of it. */
const assessed: Reader<'cpu'> = (source, problems) => {
  const metric = choice(['cpu', 'memory'])(source, problems);
  if (metric === 'memory') problems.unsupported(source, 'the use of memory is not assessed yet: only that of cpu is');
  return metric === 'cpu' ? metric : undefined;
};

/** `above: 80 %, for: 5 min, until: 70 %` */
export function useBound(on: string, fields: Fields, problems: Problems): UseBound | undefined {
  const [side, other] = on === 'resource.overused' ? (['above', 'below'] as const) : (['below', 'above'] as const);
  if (fields.has(other)) {
    fields.source(other);
    problems.add(fields.placeOf(other), `"${other}" does not go with ${on}`, `that is use ${side} a bound`);
  }
  const metric = fields.optional('metric', assessed) ?? 'cpu';
  const bound = fields.required(side, quantity('fraction'));
  const lasting = fields.required('for', span(1000, 'at least 1 s'));
  const until = fields.optional('until', quantity('fraction'));
  if (bound === undefined || lasting === undefined) return undefined;
  const use: UseBound = { metric, side, bound, until: until ?? usual(side, bound), for: lasting };
  if (side === 'above' ? use.until > bound : use.until < bound)
    problems.contradiction(
      fields.placeOf('until'),
      `it is over as soon as it begins: "until" is to be ${side === 'above' ? 'at most' : 'at least'} "${side}"`,
    );
  return use;
}

const usual = (side: UseBound['side'], bound: number): number =>
  Number((side === 'above' ? Math.max(0, bound - margin) : Math.min(1, bound + margin)).toFixed(4));
