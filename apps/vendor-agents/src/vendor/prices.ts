import { parse } from 'csv-parse/sync';
import { ownTurn } from './own-turn.js';
import { VendorError } from './vendor-error.js';

/** USD an hour on demand, by region and instance type. A row without a region holds for every region that has none of its own. */
export class PriceList {
  private readonly prices = new Map<string, Map<string, number>>();

  private constructor(readonly mistakes: readonly string[]) {}

  /** USD an hour; undefined when it is not known. */
  of(region: string, instanceType: string): number | undefined {
    return this.prices.get(region)?.get(instanceType) ?? this.prices.get('')?.get(instanceType);
  }

  static readonly empty = new PriceList([]);

  /**
   * Reads a list as its operator wrote it: `instance_type,price_per_hour,currency[,region][,market]`. Rows that cannot be used are named
   * in `mistakes`; 0.0 means unknown, not free (VENDORS.md). Yields to the event loop between chunks.
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
    const region = this.prices.get(row.region) ?? new Map<string, number>();
    this.prices.set(row.region, region.set(row.instanceType, row.price));
  }
}

interface PriceRow {
  readonly region: string;
  readonly instanceType: string;
  readonly price: number;
}

const required = ['instance_type', 'price_per_hour', 'currency'] as const;
const optional = ['region', 'market'] as const;

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

/** A usable row, what is wrong with it, or undefined for what is not ours to use: another market, an unknown price. */
function readRow(
  row: readonly string[],
  columns: Columns,
  rates: Readonly<Record<string, number>>,
): PriceRow | string | undefined {
  const market = cell(row, columns.market);
  if (market !== '' && market !== 'on-demand') return undefined;
  const price = cell(row, columns.price_per_hour);
  const amount = price === '' ? Number.NaN : Number(price);
  if (!Number.isFinite(amount) || amount < 0) return `'${price}' is no price`;
  if (amount === 0) return undefined;
  const currency = cell(row, columns.currency);
  const rate = currency === 'USD' ? 1 : rates[currency];
  if (rate === undefined) return `no rate is known for '${currency}'; add it under 'rates' of the configuration`;
  return { region: cell(row, columns.region), instanceType: cell(row, columns.instance_type), price: amount * rate };
}

const cell = (row: readonly string[], column: number): string => row[column]?.trim() ?? '';
