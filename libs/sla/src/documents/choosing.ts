import { nearest } from '@cloud-agency/errors';
import { type Demand, type Negotiate, type Objective, policies, type Policy } from './call.js';
import { comparisons, weightedBy } from './comparisons.js';
import { choice, type Fields, flag, list, mapping, quantity, type Reader, text, wholeNumber } from './fields.js';
import { objective, objectiveKey } from './objectives.js';
import type { Problems } from './problems.js';

export type Selecting = Pick<Demand, 'policy' | 'objectives' | 'front' | 'proposals'>;
/** Policies that a client has stored, by name. */
export type NamedPolicies = ReadonlyMap<string, Selecting>;

const byCost: Objective = { of: 'cost', direction: 'minimise', weight: 1 };

/** What is chosen when the call does not say: the cheapest, by weights that the client may add. */
export const defaultSelecting: Selecting = { policy: 'weighted', objectives: [byCost], proposals: 3 };
export const defaultNegotiate: Negotiate = { replyBy: 5000, rounds: 1, accept: 'manual', acceptUpTo: 0.1 };

export const budget: Reader<{ readonly atMost: number }> = mapping((fields) => {
  const atMost = fields.required('at_most', quantity('budget'));
  return atMost === undefined ? undefined : { atMost };
});

/** One of the Agency's policies, or, as a whole, one that the client has stored under a name. */
const policyName =
  (stored: NamedPolicies): Reader<Policy | Selecting> =>
  (source, problems) => {
    const written = text()(source, problems);
    if (written === undefined) return undefined;
    const known = policies.find((policy) => policy === written) ?? stored.get(written);
    if (known) return known;
    const names = [...policies, ...stored.keys()];
    const meant = nearest(written, names);
    const hint = meant ? `did you mean ${meant}?` : `known are ${names.join(', ')}; POST /policy/ stores one of your own`;
    problems.add(source, `"${written}" is not a policy`, hint);
    return undefined;
  };

/** The most proposals; a front is shown as a whole, so far, unless the call says how much of it. */
const wholeFront = 20;

export const selecting = (stored: NamedPolicies): Reader<Selecting> =>
  mapping((fields, problems) => {
    const policy = fields.optional('policy', policyName(stored)) ?? defaultSelecting.policy;
    return typeof policy === 'string' ? stated(policy, fields, problems) : byName(policy, fields, problems);
  });

/** A stored policy says it all; the call may only say how many proposals it wants. */
function byName(policy: Selecting, fields: Fields, problems: Problems): Selecting {
  for (const name of ['objectives', 'front', 'compare'])
    if (fields.has(name)) {
      fields.source(name);
      problems.add(fields.placeOf(name), `"${name}" is part of the named policy`, 'leave it out, or change the policy');
    }
  return fields.has('proposals') ? { ...policy, proposals: shownOf(policy.policy, policy.front, fields, problems) } : policy;
}

/** How to choose, said in full beside the name of the policy. */
export function stated(policy: Policy, fields: Fields, problems: Problems): Selecting {
  const given = fields.optional('objectives', list(objective, 10)) ?? [];
  const objectives = given.length > 0 ? given : defaultSelecting.objectives;
  const front = fields.optional('front', choice(['whole', 'knee']));
  const compared = fields.optional('compare', comparisons);
  checkObjectives(policy, objectives, fields, problems);
  checkPolicy(policy, fields, problems);
  return {
    policy,
    objectives: compared ? weightedBy(compared, objectives, fields.placeOf('compare'), problems) : objectives,
    ...(front && { front }),
    proposals: shownOf(policy, front, fields, problems),
  };
}

function shownOf(policy: Policy, front: Demand['front'], fields: Fields, problems: Problems): number {
  const shown = fields.optional('proposals', wholeNumber(1, wholeFront));
  if (front === 'knee' && shown !== undefined && shown > 1)
    problems.add(fields.placeOf('proposals'), 'the knee of the front is one plan');
  return shown ?? (policy === 'pareto' ? wholeFront : defaultSelecting.proposals);
}

function checkObjectives(policy: Policy, objectives: readonly Objective[], fields: Fields, problems: Problems): void {
  const place = fields.placeOf('objectives');
  const names = objectives.map(objectiveKey);
  if (new Set(names).size < names.length)
    problems.add(place, 'an objective is stated twice', 'state it once, with the sum of the weights');
  if (policy === 'lowest-cost' && names.some((name) => name !== 'cost'))
    problems.add(place, 'the policy lowest-cost looks at cost alone', 'use the policy weighted, or leave the objectives out');
  if (policy !== 'lexicographic' && objectives.some(({ tolerance }) => tolerance !== undefined))
    problems.add(place, 'a tolerance belongs to the policy lexicographic');
}

/** What a policy does not look at would be ignored: it is refused instead. */
function checkPolicy(policy: Policy, fields: Fields, problems: Problems): void {
  if (policy !== 'pareto' && fields.has('front')) problems.add(fields.placeOf('front'), '"front" belongs to the policy pareto');
  if ((policy === 'lexicographic' || policy === 'lowest-cost') && fields.has('compare'))
    problems.add(fields.placeOf('compare'), `the policy ${policy} has no weights to find`);
}

export const negotiate: Reader<Negotiate> = mapping((fields) => {
  const replyBy = fields.optional('reply_by', quantity('duration', { min: 50, max: 60_000, wanted: 'from 50 ms to 60 s' }));
  const rounds = fields.optional('rounds', wholeNumber(1, 10));
  const accept = fields.optional('accept', choice(['manual', 'best']));
  const acceptUpTo = fields.optional('accept_up_to', quantity('share', { max: 10, wanted: 'at most 1000 %' }));
  const publishReservation = fields.optional('publish_reservation', flag);
  const switchingCost = fields.optional('switching_cost', quantity('money'));
  const leastGain = fields.optional('least_gain', quantity('fraction'));
  return {
    replyBy: replyBy ?? defaultNegotiate.replyBy,
    rounds: rounds ?? defaultNegotiate.rounds,
    accept: accept ?? defaultNegotiate.accept,
    acceptUpTo: acceptUpTo ?? defaultNegotiate.acceptUpTo,
    ...(publishReservation === true && { publishReservation }),
    ...(switchingCost !== undefined && { switchingCost }),
    ...(leastGain !== undefined && { leastGain }),
  };
});
