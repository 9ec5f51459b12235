import type { AttributeName } from '../vocabulary/names.js';
import type { Offer } from './offer.js';

/**
 * One size in one region on one market, in all the zones that have it: the zones of a region share the size's price and attributes. Units
 * as in `Offer`.
 */
export interface OfferRow extends Omit<Offer, 'id' | 'zone' | 'capacity' | 'pool'> {
  readonly zones: readonly string[];
}

/** Where rows stand. `zones` has at most 30 names, so that a set of them fits one integer. */
export interface Site {
  readonly agent: string;
  readonly vendor: string;
  readonly region: string;
  readonly city: string | null;
  readonly country: string | null;
  readonly continent: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly zones: readonly string[];
}

export type NumberColumn = 'price' | 'cores' | 'memory' | 'disk' | 'gpu' | 'availability' | 'carbon';
const numberColumns: readonly NumberColumn[] = ['price', 'cores', 'memory', 'disk', 'gpu', 'availability', 'carbon'];
const zonesOfASite = 30;

/** The offers of one vendor agent, or of several, in typed columns. Immutable: a refresh builds another table. */
export class OfferTable {
  private constructor(private readonly columns: Columns) {}

  /** Throws RangeError for a row without a zone or with a price that is not a number. */
  static build(rows: Iterable<OfferRow>): OfferTable {
    const builder = new OfferTableBuilder();
    for (const row of rows) builder.add(row);
    return builder.build();
  }

  /** For OfferTableBuilder. */
  static of(columns: Columns): OfferTable {
    return new OfferTable(columns);
  }

  get rows(): number {
    return this.columns.siteOf.length;
  }

  /** Offers in all: every row once for each of its zones. */
  get offers(): number {
    return this.columns.offers;
  }

  get sites(): readonly Site[] {
    return this.columns.sites;
  }

  get siteOf(): Int32Array {
    return this.columns.siteOf;
  }

  get architectures(): readonly (string | null)[] {
    return this.columns.architectures;
  }

  get architectureOf(): Int32Array {
    return this.columns.architectureOf;
  }

  get markets(): readonly string[] {
    return this.columns.markets;
  }

  get marketOf(): Int32Array {
    return this.columns.marketOf;
  }

  /** Orders rows of one site and market as the ids of their offers order. */
  get rank(): Int32Array {
    return this.columns.rank;
  }

  /** The values of an attribute, NaN where unknown; undefined for an attribute that offers do not carry. */
  numbers(attribute: AttributeName): Float64Array | undefined {
    const name = numberColumns.find((column) => column === attribute);
    return name && this.columns.numbers[name];
  }

  id(row: number, zone: number): string {
    const site = this.site(row);
    return `${site.agent}/${site.region}/${site.zones[zone] ?? ''}/${this.instanceType(row)}/${this.market(row)}`;
  }

  /** One offer; `unitsLeft` is the capacity of its pool (a zone of the account), null for no known limit. */
  offer(row: number, zone: number, unitsLeft: number | null): Offer {
    const { zones, ...place } = this.site(row);
    const name = zones[zone] ?? '';
    const { numbers } = this.columns;
    return {
      id: this.id(row, zone),
      ...place,
      zone: name,
      instanceType: this.instanceType(row),
      market: this.market(row) === 'spot' ? 'spot' : 'on-demand',
      price: numbers.price[row] ?? NaN,
      cores: orNull(numbers.cores[row]),
      memory: orNull(numbers.memory[row]),
      disk: orNull(numbers.disk[row]),
      gpu: orNull(numbers.gpu[row]),
      architecture: this.columns.architectures[this.columns.architectureOf[row] ?? -1] ?? null,
      availability: orNull(numbers.availability[row]),
      carbon: orNull(numbers.carbon[row]),
      capacity: unitsLeft,
      pool: `${place.agent}/${place.vendor}/${place.region}/${name}`,
    };
  }

  site(row: number): Site {
    const site = this.columns.sites[this.columns.siteOf[row] ?? -1];
    if (!site) throw new RangeError(`there is no row ${row}`);
    return site;
  }

  private instanceType(row: number): string {
    return this.columns.instanceTypes[this.columns.typeOf[row] ?? -1] ?? '';
  }

  private market(row: number): string {
    return this.columns.markets[this.columns.marketOf[row] ?? -1] ?? '';
  }
}

interface Columns {
  readonly sites: readonly Site[];
  readonly siteOf: Int32Array;
  readonly instanceTypes: readonly string[];
  readonly typeOf: Int32Array;
  readonly rank: Int32Array;
  readonly architectures: readonly (string | null)[];
  readonly architectureOf: Int32Array;
  readonly markets: readonly string[];
  readonly marketOf: Int32Array;
  readonly numbers: Readonly<Record<NumberColumn, Float64Array>>;
  readonly offers: number;
}

/** Builds a table row by row, so that a large one can be built in slices without holding up the event loop. */
export class OfferTableBuilder {
  private readonly sites = new Dictionary<Site>();
  private readonly types = new Dictionary<string>();
  private readonly architectures = new Dictionary<string | null>();
  private readonly markets = new Dictionary<string>();
  private readonly siteOf: number[] = [];
  private readonly typeOf: number[] = [];
  private readonly architectureOf: number[] = [];
  private readonly marketOf: number[] = [];
  private readonly numbers: Record<NumberColumn, number[]> = {
    price: [],
    cores: [],
    memory: [],
    disk: [],
    gpu: [],
    availability: [],
    carbon: [],
  };
  private offers = 0;

  add(row: OfferRow): void {
    if (row.zones.length === 0) throw new RangeError(`${row.instanceType} in ${row.region} has no zone`);
    if (!Number.isFinite(row.price) || row.price < 0) throw new RangeError(`${row.instanceType} in ${row.region} has no price`);
    for (let start = 0; start < row.zones.length; start += zonesOfASite)
      this.addTo(row, row.zones.slice(start, start + zonesOfASite));
  }

  private addTo(row: OfferRow, zones: readonly string[]): void {
    const { agent, vendor, region, city, country, continent, latitude = null, longitude = null } = row;
    const site = { agent, vendor, region, city, country, continent, latitude, longitude, zones };
    const key = [agent, vendor, region, city ?? '', country ?? '', continent ?? '', latitude, longitude, ...zones].join('\n');
    this.siteOf.push(this.sites.code(key, () => site));
    this.typeOf.push(this.types.code(row.instanceType, () => row.instanceType));
    this.architectureOf.push(this.architectures.code(row.architecture ?? '', () => row.architecture));
    this.marketOf.push(this.markets.code(row.market, () => row.market));
    for (const column of numberColumns) this.numbers[column].push(row[column] ?? NaN);
    this.offers += zones.length;
  }

  build(): OfferTable {
    const rankOfType = ranks(this.types.values.map((type) => `${type}/`));
    const order = this.order();
    const ordered = (codes: readonly number[]) => gathered(new Int32Array(order.length), codes, order);
    const values = (column: NumberColumn) => gathered(new Float64Array(order.length), this.numbers[column], order);
    const typeOf = ordered(this.typeOf);
    return OfferTable.of({
      sites: this.sites.values,
      siteOf: ordered(this.siteOf),
      instanceTypes: this.types.values,
      typeOf,
      rank: typeOf.map((type) => rankOfType[type] ?? 0),
      architectures: this.architectures.values,
      architectureOf: ordered(this.architectureOf),
      markets: this.markets.values,
      marketOf: ordered(this.marketOf),
      numbers: {
        price: values('price'),
        cores: values('cores'),
        memory: values('memory'),
        disk: values('disk'),
        gpu: values('gpu'),
        availability: values('availability'),
        carbon: values('carbon'),
      },
      offers: this.offers,
    });
  }

  /**
   * By site and market, then by price: what is compared stands together, and what dominates comes first. Sorted as plain numbers (place in this
   * order × rows + row), many times faster than by a comparison: this is one piece of work on the event loop.
   */
  private order(): Int32Array {
    const { price } = this.numbers;
    const rows = price.length;
    const prices = Float64Array.from(new Set(price)).sort();
    const placeOf = new Map<number, number>();
    prices.forEach((value, place) => placeOf.set(value, place));
    const keys = new Float64Array(rows);
    for (let row = 0; row < rows; row += 1) {
      const group = (this.siteOf[row] ?? 0) * this.markets.values.length + (this.marketOf[row] ?? 0);
      keys[row] = (group * prices.length + (placeOf.get(price[row] ?? 0) ?? 0)) * rows + row;
    }
    keys.sort();
    const order = new Int32Array(rows);
    for (let index = 0; index < rows; index += 1) order[index] = (keys[index] ?? 0) % rows;
    return order;
  }
}

/** The values in this order. */
function gathered<T extends Int32Array | Float64Array>(into: T, values: readonly number[], order: Int32Array): T {
  for (let index = 0; index < order.length; index += 1) into[index] = values[order[index] ?? 0] ?? NaN;
  return into;
}

class Dictionary<T> {
  readonly values: T[] = [];
  private readonly codes = new Map<string, number>();

  code(key: string, make: () => T): number {
    const known = this.codes.get(key);
    if (known !== undefined) return known;
    const code = this.values.push(make()) - 1;
    this.codes.set(key, code);
    return code;
  }
}

/** The position of each text in their order by code unit. */
function ranks(texts: readonly string[]): readonly number[] {
  const order = texts.map((_, index) => index).sort((a, b) => ((texts[a] ?? '') < (texts[b] ?? '') ? -1 : 1));
  const result = new Array<number>(texts.length);
  order.forEach((index, rank) => (result[index] = rank));
  return result;
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
