import type { Demand, Need } from '../documents/call.js';
import { chosenOf, less, lossOf } from '../selection/alternatives.js';
import type { Answer } from '../selection/answer.js';
import { beside, monthly } from '../selection/cost.js';
import { broken, type Chosen, outcomeOf } from '../selection/outcome.js';
import type { Plan } from '../selection/plan.js';
import {
  type Candidate,
  distinct,
  type ItemProblem,
  type Problem,
  problemOf,
  type SelectionOptions,
  weightedSum,
} from '../selection/problem.js';
import { sharing } from '../selection/shares.js';
import type { Market } from '../vocabulary/names.js';
import { type Ask, bandEnds, type GapBand } from './counter.js';

export interface AskOptions extends SelectionOptions {
  /** Whether vendors may know the most that the client pays for a machine (`negotiate.publish_reservation`). */
  readonly publishReservation?: boolean | undefined;
  /** All that were called: what is published is told to those without a candidate too. */
  readonly agents?: readonly string[] | undefined;
}

/**
 * What each agent is asked for after a round whose best plan is this one (CFP.md 3, Rounds): for each item that it has candidates for and would
 * win no machine of, the band of the cut in its own prices at which one of them would draw level with the winner's; or, where the client
 * publishes it, its `max_price`. An agent with an empty entry has nothing to better: it would win, or prices play no part.
 *
 * Where no cut would do, since another objective or a joint constraint decides, the gap is `far`. For the policies pareto and topsis level
 * means by the weighted sum of the objectives.
 */
export function asksOf(
  demand: Demand,
  answer: Answer,
  best: Pick<Plan, 'assignments'>,
  { publishReservation = false, agents = [], ...options }: AskOptions = {},
): ReadonlyMap<string, readonly Ask[]> {
  const problem = problemOf(demand, answer, options);
  const chosen = chosenOf(problem, beside(problem.fixed, best.assignments));
  const asks = new Map<string, Ask[]>(agents.map((agent) => [agent, []]));
  for (const item of problem.items) {
    const round = roundOf(problem, item, chosen);
    for (const [agent, candidates] of byAgent(item.candidates, agents)) {
      const own = asks.get(agent) ?? [];
      asks.set(agent, own);
      const ask = round && !round.agents.has(agent) && askOf(round, candidates, publishReservation);
      if (ask) own.push(ask);
    }
  }
  return asks;
}

/**
 * What each agent is asked for after a round that nobody could meet: where price stands in the way, how far it does is not known. Nobody is asked
 * for anything where no price would do.
 */
export function asksWithoutPlan(
  demand: Demand,
  { publishReservation = false, agents = [] }: Pick<AskOptions, 'publishReservation' | 'agents'>,
): ReadonlyMap<string, readonly Ask[]> {
  const bounded = demand.needs.filter(
    ({ require }) => demand.budget !== undefined || require.some(({ type }) => type === 'price'),
  );
  const asks = bounded.map((need): Ask => {
    const reservation = publishReservation ? mostPaid(need, undefined) : undefined;
    const { item } = need;
    return reservation === undefined ? { item, attribute: 'price', gap: 'far' } : { item, attribute: 'price', reservation };
  });
  return new Map(agents.map((agent) => [agent, asks]));
}

/** So many machines of the winner are tried for an exchange, and so many offers of the agent, the likeliest first. */
const tried = 3;

/** One item of a round that has a winner. */
interface Round {
  readonly problem: Problem;
  readonly item: ItemProblem;
  readonly chosen: Chosen;
  /** The winner's machines of the item, the least missed first, and whose they are. */
  readonly winners: readonly Candidate[];
  readonly agents: ReadonlySet<string>;
  /** What the winner has by each criterion. */
  readonly before: readonly number[];
  /** About what the plan loses with one of these instead of the least missed machine. */
  readonly loss: (candidate: Candidate) => number;
  /** What one machine brings by each criterion. */
  readonly brings: ReturnType<typeof sharing>;
}

/** Undefined where nothing of the item is to be won. */
function roundOf(problem: Problem, item: ItemProblem, chosen: Chosen): Round | undefined {
  const winners = chosen
    .map(({ candidate }) => candidate)
    .filter((candidate) => item.candidates.includes(candidate))
    .sort((a, b) => a.score - b.score);
  const [weakest] = winners;
  if (!weakest) return undefined;
  return {
    problem,
    item,
    chosen,
    winners: winners.slice(0, tried),
    agents: new Set(winners.map(({ offer }) => offer.agent)),
    before: outcomeOf(problem, chosen).shares,
    loss: lossOf(problem, chosen, weakest),
    brings: sharing(problem.criteria, item.answer, problem.sums),
  };
}

function byAgent(candidates: readonly Candidate[], agents: readonly string[]): ReadonlyMap<string, readonly Candidate[]> {
  const own = new Map<string, Candidate[]>(agents.map((agent) => [agent, []]));
  for (const candidate of candidates) {
    const { agent } = candidate.offer;
    const before = own.get(agent);
    if (before) before.push(candidate);
    else own.set(agent, [candidate]);
  }
  return own;
}

function askOf(round: Round, candidates: readonly Candidate[], publishReservation: boolean): Ask | undefined {
  const { item } = round.item.need;
  const [best] = likeliest(round, candidates);
  const reservation = publishReservation ? mostPaid(round.item.need, best?.offer.market) : undefined;
  if (reservation !== undefined) return { item, attribute: 'price', reservation };
  if (!candidates.some((candidate) => gains(round, candidate))) return undefined;
  return { item, attribute: 'price', gap: gapOf(round, candidates) };
}

function gapOf(round: Round, candidates: readonly Candidate[]): GapBand {
  const closedBy = (cut: number) =>
    likeliest(
      round,
      candidates.map((candidate) => cheaper(round, candidate, cut)),
    ).some((candidate) => isLevel(round, candidate));
  if (closedBy(bandEnds.near)) return 'near';
  return closedBy(bandEnds.middle) ? 'middle' : 'far';
}

function likeliest({ loss }: Round, candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates
    .map((candidate) => ({ candidate, loses: loss(candidate) }))
    .sort((a, b) => a.loses - b.loses)
    .slice(0, tried)
    .map(({ candidate }) => candidate);
}

/** The least that the call bounds the price by on this market; of several markets, where it is not known which, the most. */
function mostPaid({ require }: Need, market: Market | undefined): number | undefined {
  const bounds = require.flatMap((constraint) => (constraint.type === 'price' ? [constraint] : []));
  const own = bounds.filter((bound) => market === undefined || bound.market === undefined || bound.market === market);
  if (own.length === 0) return undefined;
  const prices = own.map(({ atMost }) => atMost);
  return market === undefined ? Math.max(...prices) : Math.min(...prices);
}

/** Whether a lower price is worth anything. */
function gains(round: Round, candidate: Candidate): boolean {
  const { shares } = cheaper(round, candidate, bandEnds.middle);
  return shares.some((share, index) => share > (candidate.shares[index] ?? 0));
}

/** Whether a machine of it could take the place of one of the winner's. */
function isLevel({ problem, chosen, winners, before }: Round, candidate: Candidate): boolean {
  return winners.some((winner) => {
    const { plan, shares } = outcomeOf(problem, [...less(chosen, winner), { candidate, count: 1 }]);
    return drawsLevel(problem, before, shares) && broken(problem, plan).length === 0;
  });
}

function cheaper({ problem: { criteria }, brings }: Round, candidate: Candidate, cut: number): Candidate {
  const offer = { ...candidate.offer, price: candidate.offer.price * (1 - cut) };
  const cost = candidate.cost - (monthly(candidate.offer) - monthly(offer)) * (1 - (candidate.tier?.off ?? 0));
  // What is said of a worst machine is no matter of prices.
  const shares = brings({ offer, cost }).map((share, index) =>
    criteria[index]?.aggregate === 'sum' ? share : (candidate.shares[index] ?? 0),
  );
  return { ...candidate, offer, cost, shares };
}

/** By the order of the criteria where that counts, else by their weighted sum. */
function drawsLevel({ demand, focus }: Problem, before: readonly number[], after: readonly number[]): boolean {
  if (demand.policy !== 'lexicographic')
    return weightedSum(focus.weights, after) >= weightedSum(focus.weights, before) - distinct;
  const decisive = after.findIndex((share, index) => Math.abs(share - (before[index] ?? 0)) > distinct);
  return decisive < 0 || (after[decisive] ?? 0) > (before[decisive] ?? 0);
}
