import fc from 'fast-check';
import { answerDemand, type Demand, type OfferRow, OfferTable, type TableChange } from '../src/index.js';
import { demand, market } from './demands.js';
import { offerRow } from './offer-row.js';

/** What is asked in full, so that nothing of a table can hide. */
const ask = (table: OfferTable, demanded: Demand) => answerDemand(table, demanded, { prune: false });
const sorted = (answer: ReturnType<typeof ask>) => ({
  ...answer,
  offers: [...answer.offers].sort((a, b) => (a.id < b.id ? -1 : 1)),
  items: answer.items.map((item) => ({ ...item, candidates: [...item.candidates].sort() })),
});

/** For each row: kept, at another price, or gone. */
const fates = fc.array(fc.constantFrom<'kept' | 'gone' | number>('kept', 'kept', 'gone', 0.01, 0.05, 0.5), {
  minLength: 10,
  maxLength: 10,
});

function changeOf(rows: readonly OfferRow[], fate: readonly ('kept' | 'gone' | number)[]): TableChange {
  const prices = rows.flatMap(({ agent, region, instanceType, market: of, commitment }, index) => {
    const own = fate[index] ?? 'kept';
    if (own === 'kept') return [];
    const at = { agent, region, instanceType, market: of, ...(commitment !== undefined && { commitment }) };
    return [{ ...at, price: own === 'gone' ? null : own }];
  });
  return { prices };
}

function changedRows(rows: readonly OfferRow[], fate: readonly ('kept' | 'gone' | number)[]): readonly OfferRow[] {
  return rows.flatMap((row, index) => {
    const own = fate[index] ?? 'kept';
    if (own === 'gone') return [];
    return [own === 'kept' ? row : { ...row, price: own }];
  });
}

describe('a table of offers', () => {
  test('that changes answers as one that is built of what there is now, and the version before answers as ever', () => {
    fc.assert(
      fc.property(market, demand, fates, (rows, demanded, fate) => {
        const table = OfferTable.build(rows);
        const before = sorted(ask(table, demanded));
        const next = table.changed(changeOf(rows, fate));
        const rebuilt = sorted(ask(OfferTable.build(changedRows(rows, fate)), demanded));
        const found = sorted(ask(next, demanded));
        expect(found.offers).toEqual(rebuilt.offers);
        const told = (answer: typeof found) =>
          answer.items.map(({ considered, feasible, candidates, ranges, excluded }) => ({
            considered,
            feasible,
            candidates,
            ranges,
            excluded: excluded.map(({ constraint, excluded: out, excludedByThisAlone: alone, nearestMiss }) => ({
              constraint,
              out,
              alone,
              miss: nearestMiss?.miss,
            })),
          }));
        expect(told(found)).toEqual(told(rebuilt));
        expect(next.version).toBe(table.version + 1);
        expect(sorted(ask(table, demanded))).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  const row = (agent: string, region: string, instanceType: string, price: number): OfferRow =>
    offerRow(region, instanceType, price, { agent, vendor: agent, zones: ['a', 'b'] });
  const rows = [row('north', 'r1', 'small', 0.1), row('north', 'r2', 'small', 0.2), row('south', 'r1', 'small', 0.3)];
  const anything: Demand = {
    needs: [{ item: 'web', kind: 'compute', count: 1, require: [], prefer: [], spread: [], apartFrom: [] }],
    policy: 'lowest-cost',
    objectives: [],
    proposals: 1,
  };
  const idsOf = (table: OfferTable) => ask(table, anything).offers.map(({ id }) => id);

  test('keeps what a change does not touch, down to its memory', () => {
    const table = OfferTable.build(rows);
    const next = table.changed({ prices: [{ region: 'r2', instanceType: 'small', market: 'on-demand', price: 0.15 }] });
    expect(next.blocks.map((block, index) => block === table.blocks[index])).toEqual([true, false, true]);
    expect(table.changed({ prices: [{ region: 'r9', instanceType: 'none', market: 'spot', price: 1 }] }).blocks).toEqual(
      table.blocks,
    );
  });

  test('loses a vendor, or one of its regions', () => {
    const table = OfferTable.build(rows);
    expect(idsOf(table.changed({ gone: [{ agent: 'north' }] }))).toEqual([
      'south/r1/a/small/on-demand',
      'south/r1/b/small/on-demand',
    ]);
    expect(idsOf(table.changed({ gone: [{ agent: 'north', region: 'r1' }] }))).not.toContain('north/r1/a/small/on-demand');
    expect(idsOf(table)).toHaveLength(6);
  });

  test('knows how many units a zone has left, until it knows better', () => {
    const table = OfferTable.build(rows).changed({ unitsLeft: [{ agent: 'north', region: 'r1', zone: 'b', left: 2 }] });
    const capacities = (of: OfferTable) => ask(of, anything).offers.map(({ id, capacity }) => [id, capacity]);
    expect(capacities(table)).toContainEqual(['north/r1/b/small/on-demand', 2]);
    expect(capacities(table).filter(([, left]) => left !== null)).toHaveLength(1);
    const open = table.changed({ unitsLeft: [{ agent: 'north', region: 'r1', zone: 'b', left: null }] });
    expect(capacities(open).every(([, left]) => left === null)).toBe(true);
  });

  test('refuses a price that is none', () => {
    const wrong = { prices: [{ region: 'r1', instanceType: 'small', market: 'on-demand' as const, price: NaN }] };
    expect(() => OfferTable.build(rows).changed(wrong)).toThrow(RangeError);
    expect(() => OfferTable.build([row('north', 'r1', 'small', -1)])).toThrow(/has no price/);
  });

  test('tells a committed offer from one that is not, and sells either under an id of its own', () => {
    const month = 730 * 3_600_000;
    const table = OfferTable.build([
      row('north', 'r1', 'small', 0.1),
      { ...row('north', 'r1', 'small', 0.06), commitment: 12 * month },
    ]);
    expect(idsOf(table).sort()).toEqual([
      'north/r1/a/small/on-demand',
      'north/r1/a/small/on-demand+12m',
      'north/r1/b/small/on-demand',
      'north/r1/b/small/on-demand+12m',
    ]);
    const price = { region: 'r1', instanceType: 'small', market: 'on-demand', commitment: 12 * month, price: 0.05 } as const;
    const pricesOf = (of: OfferTable) => new Set(ask(of, anything).offers.map((offer) => offer.price));
    expect(pricesOf(table.changed({ prices: [price] }))).toEqual(new Set([0.1, 0.05]));
  });

  test('counts what two terms exclude for neither alone', () => {
    const month = 730 * 3_600_000;
    const table = OfferTable.build([{ ...row('north', 'r1', 'small', 0.1), market: 'spot', commitment: month }]);
    const require = [
      { type: 'text', text: 'market = on-demand', attribute: 'market', anyOf: ['on-demand'] },
      { type: 'number', text: 'commitment <= 0', attribute: 'commitment', comparison: '<=', value: 0 },
    ] as const;
    const [need] = anything.needs;
    const { items } = answerDemand(table, { ...anything, needs: need ? [{ ...need, require }] : [] });
    expect(items[0]?.excluded.map(({ excluded, excludedByThisAlone }) => [excluded, excludedByThisAlone])).toEqual([
      [2, 0],
      [2, 0],
    ]);
  });
});
