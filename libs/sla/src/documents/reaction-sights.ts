/** Whether anything would ever set a rule off: a probe that sees a machine go down, a guarantee that can be violated, a level to fall back to. */
import type { Guarantee } from './call.js';
import { isOfGuarantee } from './events.js';
import type { Fields } from './fields.js';
import type { Watched } from './guarantees.js';
import type { Problems } from './problems.js';
import type { Rule } from './reaction.js';

/** What the call promises, at the level that was agreed and at the one to fall back to. */
export interface Promised extends Watched {
  readonly guarantees: readonly Pick<Guarantee, 'term' | 'of'>[];
  readonly fallsBack: boolean;
}

/** What is wrong elsewhere may be why there is nothing to see, so it is told first and alone. */
export function checkSeen(rule: Rule, fields: Fields, promised: Promised, problems: Problems): void {
  if (problems.malformed) return;
  if (rule.on === 'resource.down') checkProbed(rule, fields, promised, problems);
  if (isOfGuarantee(rule.on)) checkPromised(rule, fields, promised, problems);
  if ((rule.on === 'sla.degraded' || rule.on === 'sla.restored') && !promised.fallsBack)
    problems.add(fields.placeOf('on'), `${rule.on} would never come: the call has no level to fall back to`, 'add "levels"');
}

function checkProbed({ of }: Rule, fields: Fields, { probed }: Promised, problems: Problems): void {
  const seen = of === undefined ? probed.size > 0 : probed.has(of);
  if (!seen) problems.add(fields.placeOf('on'), `nothing would see ${of ?? 'a machine'} go down`, 'add a probe');
}

function checkPromised({ on, of, term }: Rule, fields: Fields, { guarantees }: Promised, problems: Problems): void {
  if (guarantees.some((one) => (of === undefined || one.of === of) && (term === undefined || one.term === term))) return;
  const wanted = [term ?? '', of === undefined ? '' : `of ${of}`].filter(Boolean).join(' ');
  const place = fields.placeOf(term !== undefined ? 'term' : of !== undefined ? 'of' : 'on');
  problems.add(place, `${on} would never come: there is no guarantee ${wanted}`.trimEnd(), hintOf(guarantees));
}

function hintOf(guarantees: Promised['guarantees']): string {
  const there = [...new Set(guarantees.map(({ term, of }) => `${term} of ${of}`))].join(', ');
  return there === '' ? 'add one' : `there is ${there}: name one of these, or add a guarantee`;
}
