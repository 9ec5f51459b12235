import { exactly } from '../exactly.js';
import type { Reaction, Rule } from '../reaction.js';
import type { Value } from './build.js';

/** The fields of a rule, as a call document has them. */
export const reactionFields = (rule: Reaction): Value => ({
  ...{ on: rule.on, of: rule.of, term: rule.term, if: rule.if, risk: rule.risk, burn_rate: rule.burnRate },
  ...useFields(rule),
  ...actionFields(rule),
  every: rule.every === undefined ? undefined : time(rule.every),
  at_most: rule.atMost && `${rule.atMost.times} per ${time(rule.atMost.per)}`,
  cool_down: rule.coolDown === undefined ? undefined : time(rule.coolDown),
});

type Fields = Readonly<Record<string, Value | undefined>>;

function useFields({ use }: Rule): Fields {
  if (!use) return {};
  const { metric, side, bound, until, for: lasting } = use;
  return { metric, [side]: exactly(bound, 'fraction'), until: exactly(until, 'fraction'), for: time(lasting) };
}

function actionFields(rule: Reaction): Fields {
  const by = rule.leastGain === undefined ? {} : { by: exactly(rule.leastGain, 'share') };
  switch (rule.do) {
    case 'replace':
    case 'migrate':
      return { ...by, do: rule.do, overlap: rule.overlap };
    case 'scale':
      if ('size' in rule) return { do: rule.do, size: rule.size };
      return { do: rule.do, by: rule.by, [rule.by > 0 ? 'up_to' : 'down_to']: rule.bound };
    case 'renegotiate':
      return { ...by, do: rule.do, accept: rule.accept };
    case 'notify':
    case 'terminate':
      return { ...by, do: rule.do };
  }
}

const time = (ms: number): string => exactly(ms, 'duration');
