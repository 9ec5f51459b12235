import type { Block } from './block.js';
import type { Sizes } from './sizes.js';

/** All blocks on the same terms (market, commitment), and for each size what they have of it: many questions need no more. */
export interface Section {
  readonly blocks: readonly Block[];
  /** Offers by size, counting each zone. */
  readonly offers: Int32Array;
  /** Of these the cheapest: the position of its block, and its row there; -1 where there is none. */
  readonly cheapestIn: Int32Array;
  readonly cheapestRow: Int32Array;
}

export function sectionsOf(blocks: readonly Block[], sizes: Sizes): readonly Section[] {
  const byTerms = new Map<string, Block[]>();
  for (const block of blocks) {
    const terms = `${block.stand.market} ${block.stand.commitment}`;
    const own = byTerms.get(terms);
    if (own) own.push(block);
    else byTerms.set(terms, [block]);
  }
  return [...byTerms.values()].map((own) => sectionOf(own, sizes.count));
}

function sectionOf(blocks: readonly Block[], sizeCount: number): Section {
  const offers = new Int32Array(sizeCount);
  const cheapestIn = new Int32Array(sizeCount).fill(-1);
  const cheapestRow = new Int32Array(sizeCount).fill(-1);
  const lowest = new Float64Array(sizeCount).fill(Infinity);
  blocks.forEach(({ stand, sizes, prices }, at) => {
    for (let row = 0; row < sizes.length; row += 1) {
      const size = sizes[row] ?? 0;
      const price = prices[row] ?? Infinity;
      offers[size] = (offers[size] ?? 0) + stand.zones.length;
      if (price >= (lowest[size] ?? 0)) continue;
      lowest[size] = price;
      cheapestIn[size] = at;
      cheapestRow[size] = row;
    }
  });
  return { blocks, offers, cheapestIn, cheapestRow };
}
