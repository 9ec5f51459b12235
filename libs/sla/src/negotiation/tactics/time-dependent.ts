import { amount, choice, quantity } from '../../documents/fields.js';
import { pressedRound, type Situation } from './situation.js';
import { downTo, type TacticPlugin } from './tactic.js';
import { floorOf, givenOf } from './terms.js';

/**
 * `beta: 0.5, floor: 85 %`, and where wanted `curve: exponential`, `start: 98 %`: goes from its price in round 1 (the list price unless told
 * otherwise) to its floor in the last round. With beta below 1 it holds out until late (Boulware), above 1 it gives way early (Conceder), at 1
 * it goes in equal steps. By P. Faratin, C. Sierra and N. R. Jennings, "Negotiation decision functions for autonomous agents", Robotics and
 * Autonomous Systems 24 (1998), 4.1.
 */
export const timeDependent: TacticPlugin = (fields, problems) => {
  const floor = floorOf(fields);
  const beta = fields.optional('beta', amount({ above: 0, atMost: 100 })) ?? 1;
  const curve = fields.optional('curve', choice(['polynomial', 'exponential'])) ?? 'polynomial';
  const start = fields.optional('start', quantity('fraction')) ?? 1;
  const given = givenOf(fields);
  if (start < floor) problems.add(fields.placeOf('start'), 'it cannot start below its floor');
  if (curve === 'exponential' && start >= 1)
    problems.add(fields.placeOf('start'), 'the exponential curve has to start below 100 %', 'e.g. start: 99 %');
  const first = floor < 1 ? (1 - start) / (1 - floor) : 0;
  const way = curves[curve](first, beta);
  return downTo(floor, (situation) => way(passed(situation)) * given(situation));
};

/** How much of the time for negotiating has passed, 0..1; none where there is one round. */
function passed(situation: Situation): number {
  const { rounds } = situation;
  return rounds > 1 ? (pressedRound(situation) - 1) / (rounds - 1) : 0;
}

type Curve = (first: number, beta: number) => (time: number) => number;

const curves: Readonly<Record<'polynomial' | 'exponential', Curve>> = {
  polynomial: (first, beta) => (time) => first + (1 - first) * time ** (1 / beta),
  exponential: (first, beta) => (time) => Math.exp((1 - time) ** beta * Math.log(first)),
};
