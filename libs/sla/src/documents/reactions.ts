import { type GuaranteeTerm, guaranteeTerms } from './call.js';
import { eventName } from './event-names.js';
import { isUse } from './events.js';
import { amount, choice, type Fields, list, mapping, quantity, type Reader, text } from './fields.js';
import { itemName } from './item-names.js';
import type { Problems } from './problems.js';
import type { Overlap, Reaction, Rule } from './reaction.js';
import { checkAction, checkFields, checkFlapping } from './reaction-checks.js';
import { conditionOn } from './reaction-conditions.js';
import { checkSeen, type Promised } from './reaction-sights.js';
import { scaling } from './reaction-scaling.js';
import { useBound } from './reaction-use.js';
import { span } from './spans.js';

type Action = Reaction['do'];

const actions: readonly Action[] = ['notify', 'replace', 'migrate', 'scale', 'renegotiate', 'terminate'];
const overlaps: readonly Overlap[] = ['required', 'preferred', 'none'];

/** Rules of what is done about events (docs/reactions.md). What contradicts itself, or nothing would ever see, is refused. */
export const reactions =
  (promised: Promised): Reader<readonly Reaction[]> =>
  (source, problems) => {
    const rules = list(mapping((fields, found) => rule(fields, promised, found)))(source, problems);
    if (rules) checkFlapping(rules, source, problems);
    return rules;
  };

function rule(fields: Fields, promised: Promised, problems: Problems): Reaction | undefined {
  const on = fields.required('on', eventName({ patterns: false }));
  const of = fields.optional('of', itemName(promised.counts));
  const action = fields.required('do', choice(actions));
  if (on === undefined || action === undefined) {
    fields.skip();
    return undefined;
  }
  checkFields(fields, on, action, problems);
  checkAction(fields, on, action, problems);
  const draft: Rule = {
    on,
    ...(of !== undefined && { of }),
    ...given('term', fields.optional('term', choice<GuaranteeTerm>(guaranteeTerms))),
    ...given('if', fields.optional('if', conditionOn(on))),
    ...(isUse(on) ? given('use', useBound(on, fields, problems)) : {}),
    ...riskOf(fields, problems),
    ...gainOf(fields, on, action),
    ...given('atMost', fields.optional('at_most', rate)),
    ...given('coolDown', fields.optional('cool_down', span(1000, 'at least 1 s'))),
  };
  checkSeen(draft, fields, promised, problems);
  return actionOf(action, draft, fields, promised, problems);
}

function actionOf(action: Action, draft: Rule, fields: Fields, { counts }: Promised, problems: Problems): Reaction | undefined {
  switch (action) {
    case 'notify':
    case 'terminate':
      return { ...draft, do: action };
    case 'replace':
    case 'migrate':
      return { ...draft, do: action, ...given('overlap', fields.optional('overlap', choice(overlaps))) };
    case 'renegotiate':
      return { ...draft, do: action, accept: fields.optional('accept', choice(['manual', 'best'])) ?? 'manual' };
    case 'scale': {
      const scale = scaling(draft.on, draft.of, fields, counts, problems);
      return scale && { ...draft, ...scale };
    }
  }
}

const given = <Name extends string, T>(name: Name, value: T | undefined): { readonly [name in Name]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]: T });

/** Why a guarantee is at risk: a trend spends no budget. */
function riskOf(fields: Fields, problems: Problems): Pick<Rule, 'risk' | 'burnRate'> {
  const risk = fields.optional('risk', choice<NonNullable<Rule['risk']>>(['burn_rate', 'trend']));
  const burnRate = fields.optional('burn_rate', amount({ above: 0, atMost: 1_000 }));
  if (risk === 'trend' && burnRate !== undefined)
    problems.contradiction(fields.placeOf('burn_rate'), 'a risk by trend has no burn rate: write two rules, one for each');
  return { ...given('risk', risk), ...given('burnRate', burnRate) };
}

/** `by` of what moves for money is the share to be saved; how often the market is asked stands beside it. */
function gainOf(fields: Fields, on: string, action: Action): Pick<Reaction, 'leastGain' | 'every'> {
  const share = quantity('share', { max: 1, wanted: 'at most 100 %' });
  if (on === 'market.cheaper')
    return {
      ...given('leastGain', fields.required('by', share)),
      every: fields.optional('every', span(1000, 'at least 1 s')) ?? 3_600_000,
    };
  return action === 'renegotiate' ? given('leastGain', fields.optional('by', share)) : {};
}

/** `3 per 1 h` */
const rate: Reader<NonNullable<Reaction['atMost']>> = (source, problems) => {
  const written = text()(source, problems);
  if (written === undefined) return undefined;
  const [, times, per] = /^([1-9]\d{0,5})\s+per\s+(.+)$/.exec(written) ?? [];
  if (times === undefined || per === undefined) {
    problems.add(source, `"${written}" is not a rate`, 'e.g. 3 per 1 h');
    return undefined;
  }
  const period = span(1000, 'at least 1 s')(
    { kind: 'scalar', path: source.path, at: source.at, value: per, text: per },
    problems,
  );
  return period === undefined ? undefined : { times: Number(times), per: period };
};
