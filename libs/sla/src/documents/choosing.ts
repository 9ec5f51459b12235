import type { Demand, Negotiate, Objective } from './call.js';
import { choice, type Fields, list, mapping, quantity, type Reader, text, wholeNumber } from './fields.js';
import { weight } from './preferences.js';
import type { Problems } from './problems.js';

type Selecting = Pick<Demand, 'policy' | 'objectives' | 'proposals'>;

const byCost: Objective = { of: 'cost', direction: 'minimise', weight: 1 };

/** What is chosen when the call does not say: the cheapest, by weights that the client may add. */
export const defaultSelecting: Selecting = { policy: 'weighted', objectives: [byCost], proposals: 3 };
export const defaultNegotiate: Negotiate = { replyBy: 5000, rounds: 1, accept: 'manual', acceptUpTo: 0.1 };

export const budget: Reader<{ readonly atMost: number }> = mapping((fields) => {
  const atMost = fields.required('at_most', quantity('budget'));
  return atMost === undefined ? undefined : { atMost };
});

export const selecting: Reader<Selecting> = mapping((fields, problems) => {
  const policy = fields.optional('policy', policyName) ?? defaultSelecting.policy;
  const objectives = fields.optional('objectives', list(objective, 10)) ?? defaultSelecting.objectives;
  const proposals = fields.optional('proposals', wholeNumber(1, 20)) ?? defaultSelecting.proposals;
  const place = fields.placeOf('objectives');
  if (policy === 'lowest-cost' && objectives.some(({ of }) => of !== 'cost')) {
    problems.add(place, 'the policy lowest-cost looks at cost alone', 'use the policy weighted, or leave the objectives out');
  }
  const names = objectives.map(({ of }) => of);
  if (new Set(names).size < names.length)
    problems.add(place, 'an objective is stated twice', 'state it once, with the sum of the weights');
  return { policy, objectives: objectives.length > 0 ? objectives : defaultSelecting.objectives, proposals };
});

const policyName: Reader<Demand['policy']> = (source, problems) => {
  const name = text()(source, problems);
  if (name === undefined || name === 'weighted' || name === 'lowest-cost') return name;
  problems.unsupported(source, `the policy ${name} cannot be carried out yet: use weighted or lowest-cost`);
  return undefined;
};

const objectiveNames = ['cost', 'availability', 'latency', 'carbon', 'performance'] as const;
const directions = {
  cost: 'minimise',
  availability: 'maximise',
  latency: 'minimise',
  carbon: 'minimise',
  performance: 'maximise',
} as const;

const objective: Reader<Objective> = mapping((fields, problems) => {
  const minimise = fields.optional('minimise', choice(objectiveNames));
  const maximise = fields.optional('maximise', choice(objectiveNames));
  const share = fields.optional('weight', weight) ?? 1;
  fields.source('to');
  const of = minimise ?? maximise;
  if (fields.has('minimise') === fields.has('maximise'))
    problems.add(fields.place, 'an objective says either minimise or maximise');
  return of && checkedObjective(of, minimise ? 'minimise' : 'maximise', share, fields, problems);
});

function checkedObjective(
  of: (typeof objectiveNames)[number],
  direction: Objective['direction'],
  share: number,
  fields: Fields,
  problems: Problems,
): Objective | undefined {
  if (direction !== directions[of])
    problems.add(fields.placeOf(direction), `${of} can only be an objective to ${directions[of]}`);
  if (of !== 'cost' && of !== 'availability') {
    problems.unsupported(fields.placeOf(direction), `${of} cannot be an objective yet: cost and availability can`);
    return undefined;
  }
  if (fields.has('to')) problems.add(fields.placeOf('to'), '"to" belongs to the objective latency alone');
  return { of, direction, weight: share };
}

export const negotiate: Reader<Negotiate> = mapping((fields) => {
  const replyBy = fields.optional('reply_by', quantity('duration', { min: 50, max: 60_000, wanted: 'from 50 ms to 60 s' }));
  const rounds = fields.optional('rounds', wholeNumber(1, 10));
  const accept = fields.optional('accept', choice(['manual', 'best']));
  const acceptUpTo = fields.optional('accept_up_to', quantity('share', { max: 10, wanted: 'at most 1000 %' }));
  return {
    replyBy: replyBy ?? defaultNegotiate.replyBy,
    rounds: rounds ?? defaultNegotiate.rounds,
    accept: accept ?? defaultNegotiate.accept,
    acceptUpTo: acceptUpTo ?? defaultNegotiate.acceptUpTo,
  };
});
