import { Decimal } from 'decimal.js';
import { vocabulary } from '../vocabulary/attributes.js';
import { formatQuantity } from '../vocabulary/quantity.js';
import type { PriceConstraint, TextConstraint } from './call.js';
import { type Fields, mapping, quantity, type Reader, wholeNumber } from './fields.js';
import type { Source } from './source.js';
import { inWords, wordForms } from './word-forms.js';

/** So many of an item's machines, given how many it has. */
export type Floor = (count: number) => number;

export interface MarketRequirement {
  readonly constraints: readonly TextConstraint[];
  readonly onDemandAtLeast?: Floor;
}

/** `on-demand`, `spot`, `any`, any other form of a word, or `{ on_demand_at_least: 50 % }`: any market, but so many on demand. */
export const marketRequirement: Reader<MarketRequirement> = (source, problems) => {
  if (source.kind === 'mapping' && source.entries.some(({ name }) => name === floorField)) return floored(source, problems);
  if (isAny(source)) return { constraints: anyMarket };
  const constraints = wordForms('market')(source, problems);
  return constraints && { constraints };
};

/** Said, it lets all markets in; unsaid, it is on-demand. */
const anyMarket = inWords('market', '=', vocabulary.words.market.values);

function isAny(source: Source): boolean {
  if (source.kind === 'list') return source.items.length === 1 && source.items.every(isAny);
  return source.kind === 'scalar' && source.value === 'any';
}

const floorField = 'on_demand_at_least';

const floored: Reader<MarketRequirement> = mapping((fields) => {
  const onDemandAtLeast = fields.optional(floorField, floor);
  return onDemandAtLeast && { constraints: [], onDemandAtLeast };
});

/** A number of machines, or a share of them, rounded up. */
const floor: Reader<Floor> = (source, problems) => {
  if (!isShare(source)) {
    const machines = wholeNumber(1, 1000)(source, problems);
    return machines === undefined ? undefined : () => machines;
  }
  const share = quantity('fraction')(source, problems);
  if (share === 0) problems.add(source, 'no machine need be on demand: write market: any');
  return share ? (count) => new Decimal(share).times(count).ceil().toNumber() : undefined;
};

const isShare = (source: Source): boolean => source.kind === 'scalar' && source.text.includes('%');

/** `max_price: 0.20 USD/h`, or `{ on-demand: 0.20 USD/h, spot: 0.05 USD/h }`. */
export function priceConstraints(fields: Fields): readonly PriceConstraint[] {
  return fields.optional('max_price', priceCap) ?? [];
}

const priceCap: Reader<readonly PriceConstraint[]> = (source, problems) => {
  if (source.kind === 'mapping') return priceCaps(source, problems);
  const atMost = quantity('price')(source, problems);
  return atMost === undefined ? undefined : [{ type: 'price', text: capText(atMost), atMost }];
};

const priceCaps: Reader<readonly PriceConstraint[]> = mapping((fields, problems) => {
  const markets = vocabulary.words.market.values;
  if (!markets.some((market) => fields.has(market)))
    problems.add(fields.place, 'no market is named', `known are ${markets.join(', ')}; a price alone is for any`);
  return markets.flatMap((market) => {
    const atMost = fields.optional(market, quantity('price'));
    return atMost === undefined ? [] : [{ type: 'price', text: `${capText(atMost)} ${market}`, atMost, market }];
  });
});

const capText = (atMost: number): string => `max_price ${formatQuantity(atMost, 'price')}`;
