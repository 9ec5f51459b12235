import type { Demand, Need } from '../documents/call.js';
import type { Answer, Exclusion, ItemAnswer, Range } from './answer.js';
import { widest } from './criteria.js';
import { unknownMiss } from './filter.js';
import { offerMeets } from './meets.js';
import { Observations } from './observed.js';
import type { Offer, Quota } from './offer.js';
import { byText } from './problem.js';

/** The answers of all vendor agents as one: counts summed, ranges widened, of the nearest misses the nearest, terms together. Items come in the demand's order. */
export function mergeAnswers(answers: readonly Answer[], demand: Demand): Answer {
  const merged = together(answers, demand);
  if (!demand.observed) return merged;
  const offers = new Map(merged.offers.map((offer) => [offer.id, offer]));
  const items = merged.items.map((item) => {
    const need = demand.needs.find((each) => each.item === item.item);
    return need ? stillMeeting(need, item, offers) : item;
  });
  return { ...merged, items };
}

/** The same of a repair round, whose candidates may miss whatever they miss. */
export function together(answers: readonly Answer[], demand: Demand): Answer {
  const offers = new Map<string, Offer>();
  const observations = demand.observed && new Observations(demand.observed);
  for (const offer of answers.flatMap((answer) => answer.offers)) offers.set(offer.id, observations?.offer(offer) ?? offer);
  const items = demand.needs.map(({ item }) =>
    mergeItems(
      item,
      answers.flatMap((answer) => answer.items.filter((candidate) => candidate.item === item)),
    ),
  );
  const discounts = new Map(answers.flatMap((answer) => answer.discounts ?? []).map((discount) => [discount.id, discount]));
  const quotas = mergeQuotas(answers.flatMap((answer) => answer.quotas ?? []));
  return {
    offers: [...offers.values()],
    items,
    ...(discounts.size > 0 && { discounts: [...discounts.values()] }),
    ...(quotas.length > 0 && { quotas }),
  };
}

/** An agent that passes over what was observed has candidates that the call does not want; all others have checked it themselves. */
function stillMeeting(need: Need, answer: ItemAnswer, offers: ReadonlyMap<string, Offer>): ItemAnswer {
  const candidates = answer.candidates.filter((id) => {
    const offer = offers.get(id);
    return offer?.declared === undefined || need.require.every((constraint) => offerMeets(constraint, offer));
  });
  return candidates.length === answer.candidates.length ? answer : { ...answer, candidates };
}

/** An account that several answers speak of has one quota: what is least is left. */
function mergeQuotas(quotas: readonly Quota[]): readonly Quota[] {
  const least = new Map<string, Quota>();
  for (const quota of quotas) {
    const key = JSON.stringify([quota.agent, quota.region, quota.of]);
    const before = least.get(key);
    if (!before || quota.left < before.left) least.set(key, quota);
  }
  return [...least.values()];
}

function mergeItems(item: string, answers: readonly ItemAnswer[]): ItemAnswer {
  const ranges: Record<string, Range> = {};
  for (const [key, range] of answers.flatMap((answer) => Object.entries(answer.ranges))) ranges[key] = widest(ranges[key], range);
  const excluded = new Map<string, Exclusion>();
  for (const exclusion of answers.flatMap((answer) => answer.excluded)) {
    const before = excluded.get(exclusion.constraint);
    excluded.set(exclusion.constraint, before ? mergeExclusions(before, exclusion) : exclusion);
  }
  return {
    item,
    considered: sum(answers.map((answer) => answer.considered)),
    feasible: sum(answers.map((answer) => answer.feasible)),
    candidates: [...new Set(answers.flatMap((answer) => answer.candidates))],
    excluded: [...excluded.values()],
    ranges,
  };
}

function mergeExclusions(a: Exclusion, b: Exclusion): Exclusion {
  const nearest = nearestOf(a, b);
  const [cheapest] = [a, b]
    .flatMap(({ cheapestAlone }) => cheapestAlone ?? [])
    .sort((x, y) => x.price - y.price || byText(x.offer, y.offer));
  return {
    constraint: a.constraint,
    excluded: a.excluded + b.excluded,
    excludedByThisAlone: a.excludedByThisAlone + b.excludedByThisAlone,
    ...(nearest && { nearestMiss: nearest }),
    ...(cheapest && { cheapestAlone: cheapest }),
  };
}

/** An offer that misses nothing else comes first, then the smaller miss, then the earlier id. */
function nearestOf(a: Exclusion, b: Exclusion): Exclusion['nearestMiss'] {
  const [first, second] = [a.nearestMiss, b.nearestMiss];
  if (!first || !second) return first ?? second;
  const alone = Number(b.excludedByThisAlone > 0) - Number(a.excludedByThisAlone > 0);
  const miss = (first.miss ?? unknownMiss) - (second.miss ?? unknownMiss);
  return (alone || miss || byText(first.offer, second.offer)) <= 0 ? first : second;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
