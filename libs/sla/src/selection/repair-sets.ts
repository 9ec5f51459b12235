import type { Demand, Need } from '../documents/call.js';
import { placeKey } from '../vocabulary/place.js';
import type { Answer } from './answer.js';
import { missesOf } from './misses.js';
import type { Offer } from './offer.js';
import { type Placing, keyOf } from './relaxation.js';
import { type FrontOptions, limitsIn, RepairFront } from './repair-front.js';

/** Constraints by their keys (relaxation.ts). */
export type Constraints = ReadonlySet<string>;

/** More sets than this are not looked at: then the call is too tangled for its repair to be of use. */
const mostSets = 2_000;

/** The offers of a repair round with the constraints that each misses. */
export class Misses {
  private readonly byItem: readonly (readonly Missing[])[];
  private readonly limits: FrontOptions;

  constructor(
    private readonly demand: Demand,
    private readonly answer: Answer,
  ) {
    const offers = new Map(answer.offers.map((offer) => [offer.id, offer]));
    this.byItem = demand.needs.map((need) => {
      const ids = answer.items.find(({ item }) => item === need.item)?.candidates ?? [];
      return ids.flatMap((id) => {
        const offer = offers.get(id);
        return offer ? [{ offer, missed: missedBy(offer, need, demand) }] : [];
      });
    });
    this.limits = limitsIn(demand, answer);
  }

  /** Sets of constraints that may be enough to loosen, the small ones first: with each, every item has an offer. */
  *sets(): Generator<Constraints> {
    const bases = this.bases();
    const all = [...new Set([...this.byItem.flatMap((own) => own.flatMap(({ missed }) => missed)), ...jointKeys(this.demand)])];
    const given = new Set<string>();
    for (let size = 1; size <= all.length; size += 1) {
      for (const base of bases) {
        const others = all.filter((key) => !base.includes(key));
        for (const more of choices(others, size - base.length)) {
          const set = [...base, ...more].sort();
          if (given.size >= mostSets) return;
          if (given.has(set.join('\n'))) continue;
          given.add(set.join('\n'));
          yield new Set(set);
        }
      }
    }
  }

  /** The answer with the offers alone that can be of use when just these constraints are loosened. */
  within(loosened: Constraints): Answer {
    const items = this.demand.needs.map((need, index) => {
      const require = need.require.filter((_, at) => loosened.has(keyOf({ of: 'require', item: need.item, index: at })));
      const front = new RepairFront({ ...need, require }, this.demand, this.limits);
      for (const { offer, missed } of this.byItem[index] ?? []) if (missed.every((key) => loosened.has(key))) front.add(offer);
      const offers = front.offers();
      return { item: need.item, offers };
    });
    return {
      ...this.answer,
      offers: [...new Map(items.flatMap(({ offers }) => offers.map((offer) => [offer.id, offer]))).values()],
      items: items.map(({ item, offers }) => {
        return { item, considered: 0, feasible: 0, candidates: offers.map(({ id }) => id), excluded: [], ranges: {} };
      }),
    };
  }

  /** For every item what one of its offers misses at least, put together in every way. */
  private bases(): readonly (readonly string[])[] {
    const least = this.byItem.map((own) => minimal(own.map(({ missed }) => missed)));
    return least
      .reduce<readonly (readonly string[])[]>(
        (before, sets) => minimal(before.flatMap((base) => sets.map((set) => [...new Set([...base, ...set])]))),
        [[]],
      )
      .slice(0, mostSets);
  }
}

interface Missing {
  readonly offer: Offer;
  readonly missed: readonly string[];
}

/** The requirements that it does not meet, and what would have to know where it is. */
function missedBy(offer: Offer, need: Need, { needs }: Demand): readonly string[] {
  const required = need.require.flatMap((constraint, index) =>
    missesOf(constraint, offer).length > 0 ? [keyOf({ of: 'require', item: need.item, index })] : [],
  );
  const placed = needs.flatMap((other) =>
    pairsOf(other)
      .filter(({ to, over }) => (other.item === need.item || to === need.item) && placeKey(offer, over) === null)
      .map(({ key }) => key),
  );
  return [...required, ...placed];
}

function pairsOf({ item, apartFrom, with: beside = [] }: Need) {
  const pairs = (of: Placing, others: Need['apartFrom']) =>
    others.map(({ item: to, over }, index) => ({ to, over, key: keyOf({ of, item, index }) }));
  return [...pairs('apart', apartFrom), ...pairs('with', beside)];
}

function jointKeys({ needs, budget, availability = [] }: Demand): readonly string[] {
  return [
    ...(budget ? [keyOf({ of: 'budget' })] : []),
    ...needs.flatMap((need) => [
      ...need.spread.map((_, index) => keyOf({ of: 'spread', item: need.item, index })),
      ...pairsOf(need).map(({ key }) => key),
      ...(need.onDemandAtLeast === undefined ? [] : [keyOf({ of: 'on-demand', item: need.item })]),
    ]),
    ...availability.map((_, index) => keyOf({ of: 'availability', index })),
  ];
}

/** Without the sets that hold another one. */
function minimal(sets: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const distinct = [...new Map(sets.map((set) => [[...set].sort().join('\n'), set])).values()].sort(
    (a, b) => a.length - b.length,
  );
  const kept: (readonly string[])[] = [];
  for (const set of distinct) if (!kept.some((other) => other.every((key) => set.includes(key)))) kept.push(set);
  return kept;
}

/** Every way to choose so many of them. */
function* choices(from: readonly string[], count: number): Generator<readonly string[]> {
  if (count < 0) return;
  if (count === 0) {
    yield [];
    return;
  }
  for (const [index, first] of from.entries())
    for (const rest of choices(from.slice(index + 1), count - 1)) yield [first, ...rest];
}
