import { Observations, type Observed } from '../observed.js';
import type { Block } from './block.js';
import type { OfferTable } from './offer-table.js';
import type { Sizes } from './sizes.js';

/** A table as it was observed, and by which figures. */
export interface SeenTable {
  readonly key: string;
  readonly table: OfferTable;
}

/** The table by these figures: one that was made by the same before is given again, for calls come much faster than figures change. */
export function observedTable(table: OfferTable, observed: Observed, before: SeenTable | undefined): SeenTable {
  const { prior, availability, performance } = observed;
  const key = JSON.stringify([prior, availability, performance]);
  if (before?.key === key) return before;
  const observations = new Observations(observed);
  const sizes = observations.hasPerformance ? table.lexicon.sizes.copy() : table.lexicon.sizes;
  const blocks = table.blocks.map((block) => performing(placed(block, observations), observations, table.lexicon.names, sizes));
  const touched = blocks.some((block, index) => block !== table.blocks[index]);
  return { key, table: touched ? table.withBlocks(blocks, { ...table.lexicon, sizes }) : table };
}

function placed(block: Block, observations: Observations): Block {
  const stand = observations.availabilityAt(block.stand);
  return stand === block.stand ? block : { ...block, stand: { ...stand, isPlain: false } };
}

/** Rows whose size has been measured are of a size of their own. */
function performing(block: Block, observations: Observations, names: readonly string[], sizes: Sizes): Block {
  if (!observations.hasPerformance) return block;
  const { vendor } = block.stand;
  const codes = block.sizes.map((code, row) => {
    const performance = observations.performanceOf({ vendor, instanceType: names[block.names[row] ?? -1] ?? '' });
    return performance === undefined ? code : sizes.code({ ...sizes.whole(code), performance });
  });
  return codes.every((code, row) => code === block.sizes[row]) ? block : { ...block, sizes: codes };
}
