import { hoursPerMonth, type Market, parseQuantity } from '@cloud-agency/sla';
import { parse } from 'csv-parse/sync';
import { ownTurn } from './own-turn.js';
import { VendorError } from './vendor-error.js';

/** How a size is sold: on which market, and for how long at least, ms; absent: no longer than it is wanted. */
export interface Sale {
  readonly market: Market;
  readonly commitment?: number;
}

/** USD an hour. */
export interface Price extends Sale {
  readonly price: number;
}

/** The prices of one way to sell, by region and instance type. */
interface Prices extends Sale {
  readonly regions: Map<string, Map<string, number>>;
}

/**
 * USD an hour by region, instance type, market and commitment. A row without a region holds for every region that has none of its own for the
 * same market and commitment.
 */
export class PriceList {
  private readonly sales = new Map<string, Prices>();

  private constructor(readonly mistakes: readonly string[]) {}

  /** How many prices there are. */
  get size(): number {
    let count = 0;
    for (const { regions } of this.sales.values()) for (const region of regions.values()) count += region.size;
    return count;
  }

  /** What the size costs, once for each way it is sold; none when no price is known. */
  of(region: string, instanceType: string): readonly Price[] {
    const found: Price[] = [];
    for (const { regions, ...sale } of this.sales.values()) {
      const price = regions.get(region)?.get(instanceType) ?? regions.get('')?.get(instanceType);
      if (price !== undefined) found.push({ ...sale, price });
    }
    return found;
  }

  /** USD an hour; undefined when it is not sold that way. */
  at(region: string, instanceType: string, sale: Sale): number | undefined {
    const regions = this.sales.get(saleKey(sale))?.regions;
    return regions?.get(region)?.get(instanceType) ?? regions?.get('')?.get(instanceType);
  }

  /**
   * Reads a list as its operator wrote it: `instance_type,price_per_hour,currency[,region][,market][,commitment]`. Rows that cannot be used
   * are named in `mistakes`; 0.0 means unknown, not free (VENDORS.md). Yields to the event loop between chunks.
   * @throws VendorError invalid-request when a column is missing.
   */
  static async parse(csv: string, rates: Readonly<Record<string, number>>): Promise<PriceList> {
    const mistakes: string[] = [];
    const list = new PriceList(mistakes);
    let columns: Columns | undefined;
    let line = 1;
    for (const chunk of chunks(csv)) {
      for (const row of rowsOf(chunk)) {
        if (columns) list.add(readRow(row, columns, rates), line, mistakes);
        else columns = readHeader(row);
        line += 1;
      }
      await ownTurn();
    }
    return list;
  }

  private add(row: PriceRow | string | undefined, line: number, mistakes: string[]): void {
    if (row === undefined) return;
    if (typeof row === 'string') {
      if (mistakes.length < 20) mistakes.push(`line ${line}: ${row}`);
      return;
    }
    const regions = this.regionsFor(row.sale);
    const region = regions.get(row.region) ?? new Map<string, number>();
    regions.set(row.region, region.set(row.instanceType, row.price));
  }

  private regionsFor(sale: Sale): Prices['regions'] {
    const key = saleKey(sale);
    const known = this.sales.get(key);
    if (known) return known.regions;
    const regions: Prices['regions'] = new Map();
    this.sales.set(key, { ...sale, regions });
    return regions;
  }
}

const saleKey = ({ market, commitment = 0 }: Sale): string => `${market} ${commitment}`;

interface PriceRow {
  readonly region: string;
  readonly instanceType: string;
  readonly sale: Sale;
  readonly price: number;
}

const required = ['instance_type', 'price_per_hour', 'currency'] as const;
const optional = ['region', 'market', 'commitment'] as const;

/** Where each column stands; -1 for one that the list does not have. */
type Columns = Readonly<Record<(typeof required | typeof optional)[number], number>>;

const chunkLength = 64 * 1024;

/** Whole lines, so many at a time that parsing them holds nobody up. */
function* chunks(csv: string): Generator<string> {
  for (let start = 0; start < csv.length;) {
    const newline = csv.indexOf('\n', start + chunkLength);
    const end = newline < 0 ? csv.length : newline + 1;
    yield csv.slice(start, end);
    start = end;
  }
}

/** Price lists are long and plain: only one with quotes needs a parser that knows them. */
function rowsOf(chunk: string): readonly (readonly string[])[] {
  if (chunk.includes('"')) return parse(chunk, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true });
  return chunk
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(','));
}

function readHeader(row: readonly string[]): Columns {
  const names = row.map((name) => name.trim());
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new VendorError(
      'invalid-request',
      `the price list has no column ${missing.join(', ')}; its first line must name its columns`,
    );
  return Object.fromEntries([...required, ...optional].map((name) => [name, names.indexOf(name)])) as Columns;
}

/** A usable row, what is wrong with it, or undefined for an unknown price. */
function readRow(
  row: readonly string[],
  columns: Columns,
  rates: Readonly<Record<string, number>>,
): PriceRow | string | undefined {
  const sale = readSale(cell(row, columns.market), cell(row, columns.commitment));
  if (typeof sale === 'string') return sale;
  const price = cell(row, columns.price_per_hour);
  const amount = price === '' ? Number.NaN : Number(price);
  if (!Number.isFinite(amount) || amount < 0) return `'${price}' is no price`;
  if (amount === 0) return undefined;
  const currency = cell(row, columns.currency);
  const rate = currency === 'USD' ? 1 : rates[currency];
  if (rate === undefined) return `no rate is known for '${currency}'; add it under 'rates' of the configuration`;
  return { region: cell(row, columns.region), instanceType: cell(row, columns.instance_type), sale, price: amount * rate };
}

const onDemand: Sale = { market: 'on-demand' };
const spot: Sale = { market: 'spot' };
const monthMs = hoursPerMonth * 3_600_000;

function readSale(market: string, commitment: string): Sale | string {
  if (market !== '' && market !== 'on-demand' && market !== 'spot') return `'${market}' is no market; it is on-demand or spot`;
  if (commitment === '') return market === 'spot' ? spot : onDemand;
  if (market === 'spot') return 'a spot price has no commitment';
  try {
    const ms = parseQuantity(commitment, 'duration');
    if (ms > 0 && ms % monthMs === 0) return { market: 'on-demand', commitment: ms };
  } catch {
    // What is no duration is as wrong as one that is no number of months.
  }
  return `'${commitment}' is no commitment; it is a whole number of months, e.g. 12 month`;
}

const cell = (row: readonly string[], column: number): string => row[column]?.trim() ?? '';
