/**
 * What was counted in a window, in parts. The unit is a 43,200th of the window (1 min of 30 d), and at least 1 ms. The older a part is, the more
 * units it takes: 1 in the newest 30, 10 up to 120, 60 up to 360, and 120, a 360th of the window, in all that is older. So a stretch that ends now
 * begins where a part begins, at the multiple of that size at or before its own beginning: never shorter than stated, and longer by less than one
 * part.
 */
export class Parts {
  /** A row for each part that holds anything, in order: its beginning in units, then its columns. */
  private rows = new Float64Array(0);
  private first = 0;
  private end = 0;
  private readonly stride: number;
  /** The sums over all from `summedFrom` on, kept up to date as samples come. */
  private readonly sums: Float64Array;
  private summedFrom = NaN;
  private newest = -Infinity;
  /** Up to when it was asked for last: a stretch may end there, so nothing is put together across it. */
  private asked = -Infinity;
  private readonly changed = new Set<number>();
  private changing = NaN;

  /** @param columns how each is put together: numbers are added, or the least or greatest of them is kept */
  constructor(
    private readonly columns: readonly Column[],
    readonly unit: number,
    /** Where parts are counted from, ms; the beginning of a calendar period. */
    public origin = 0,
  ) {
    this.stride = columns.length + 1;
    this.sums = new Float64Array(columns.length);
  }

  static unitOf(length: number): number {
    return Math.max(1, Math.ceil(length / unitsInWindow));
  }

  /** Begins anew: what was before an instant belongs to another period. */
  restart(origin: number): void {
    this.origin = origin;
    this.first = 0;
    this.end = 0;
    this.summedFrom = NaN;
    this.newest = -Infinity;
    this.asked = -Infinity;
    this.changed.clear();
    this.changing = NaN;
  }

  /** Room for a sample: the row of its part, of which `put` fills columns. */
  row(at: number): number {
    const unit = this.unitOf(at);
    if (unit > this.newest) this.newest = unit;
    const last = this.end - this.stride;
    if (last >= this.first && this.rows[last] === unit) return last;
    if (last < this.first || (this.rows[last] ?? 0) < unit) return this.append(unit);
    return this.rowBetween(settled(unit, this.settledBefore));
  }

  /** When the unit that an instant is in ends, ms. */
  endOfUnit(at: number): number {
    return this.origin + (this.unitOf(at) + 1) * this.unit;
  }

  put(row: number, column: number, value: number): void {
    this.touch(this.rows[row] ?? 0);
    const place = row + 1 + column;
    const kind = this.columns[column];
    this.rows[place] = joined(kind, this.rows[place] ?? 0, value);
    if ((this.rows[row] ?? 0) >= this.summedFrom) this.sums[column] = joined(kind, this.sums[column] ?? 0, value);
  }

  /** Where a stretch from an instant until now begins, ms. */
  beginning(from: number, now: number): number {
    return this.origin + this.firstUnit(from, now) * this.unit;
  }

  /** What all from `beginning(from, now)` on comes to, by column. Good until the next call. `until`: what is in later units does not count yet. */
  since(from: number, now: number, until = Infinity): Float64Array {
    const unit = this.firstUnit(from, now);
    const isAll = this.lastUnit <= this.unitOf(until);
    this.asked = Math.max(this.asked, this.unitOf(until));
    if (!isAll || unit !== this.summedFrom) {
      this.sum(unit, this.sums, until);
      this.summedFrom = isAll ? unit : NaN;
    }
    return this.sums;
  }

  /** As `since`, into an array of one's own. */
  sumSince(from: number, now: number, into: Float64Array, until = Infinity): Float64Array {
    this.sum(this.firstUnit(from, now), into, until);
    return into;
  }

  /** Lets go of what lies before a stretch. */
  forget(from: number, now: number): void {
    const unit = this.firstUnit(from, now);
    if (this.first >= this.end || (this.rows[this.first] ?? 0) >= unit) return;
    while (this.first < this.end && (this.rows[this.first] ?? 0) < unit) this.first += this.stride;
    this.forgetChanges();
  }

  /** Puts parts together that are old enough. What is asked of it comes out the same before and after. */
  private compact(): void {
    let end = 0;
    for (let row = this.first; row < this.end; row += this.stride) {
      const unit = settled(this.rows[row] ?? 0, this.settledBefore);
      if (end > 0 && this.rows[end - this.stride] === unit) this.merge(row, end - this.stride);
      else {
        this.rows.copyWithin(end, row, row + this.stride);
        this.rows[end] = unit;
        end += this.stride;
      }
    }
    this.first = 0;
    this.end = end;
  }

  /** The stretches of the window that have changed since this was asked last, each with its key and its rows. */
  takeChanged(): { readonly key: number; readonly rows: Float64Array }[] {
    const changed = [...this.changed].map((stretch) => ({ key: this.keyOf(stretch), rows: this.rowsOf(stretch) }));
    this.changed.clear();
    this.changing = NaN;
    return changed;
  }

  /** Takes back what `takeChanged` gave; each stretch once, in any order, before the first sample. */
  restore(stretches: readonly Float64Array[]): void {
    const all = stretches.flatMap((rows) => [...rowsIn(rows, this.stride)]).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
    this.rows = new Float64Array(all.length * this.stride);
    for (const [place, row] of all.entries()) this.rows.set(row, place * this.stride);
    this.first = 0;
    this.end = this.rows.length;
    this.newest = Math.max(this.newest, all.at(-1)?.[0] ?? -Infinity);
    this.summedFrom = NaN;
  }

  /** The key of the oldest stretch that holds anything. */
  get firstKey(): number {
    return this.first < this.end ? this.keyOf(stretchOf(this.rows[this.first] ?? 0)) : Infinity;
  }

  /** What is gone is not to be stored. */
  private forgetChanges(): void {
    const oldest = this.first < this.end ? stretchOf(this.rows[this.first] ?? 0) : Infinity;
    for (const stretch of this.changed) if (stretch < oldest) this.changed.delete(stretch);
    this.changing = NaN;
  }

  private keyOf(stretch: number): number {
    return this.origin + stretch * unitsInStretch * this.unit;
  }

  private rowsOf(stretch: number): Float64Array {
    const rows = [...this.rowsBetween(this.first, this.end)].filter((row) => stretchOf(row[0] ?? 0) === stretch);
    const together = new Float64Array(rows.length * this.stride);
    for (const [place, row] of rows.entries()) together.set(row, place * this.stride);
    return together;
  }

  private rowsBetween(from: number, until: number): Generator<Float64Array> {
    return rowsIn(this.rows.subarray(from, until), this.stride);
  }

  private firstUnit(from: number, now: number): number {
    const last = this.unitOf(now);
    if (last > this.newest) this.newest = last;
    const unit = this.unitOf(from);
    return Math.max(0, multiple(unit, sizeAt(last - unit)));
  }

  /** The newest that holds anything; −Infinity: none does. */
  private get lastUnit(): number {
    return this.first < this.end ? (this.rows[this.end - this.stride] ?? 0) : -Infinity;
  }

  private get settledBefore(): number {
    return Math.min(this.newest, this.asked);
  }

  private unitOf(at: number): number {
    return Math.floor((at - this.origin) / this.unit);
  }

  private sum(from: number, into: Float64Array, until: number): void {
    for (let column = 0; column < this.columns.length; column += 1) into[column] = nothing(this.columns[column]);
    this.asked = Math.max(this.asked, this.unitOf(until));
    for (let row = this.lastRow(this.unitOf(until)); row >= this.first && (this.rows[row] ?? 0) >= from; row -= this.stride)
      for (let column = 0; column < this.columns.length; column += 1)
        into[column] = joined(this.columns[column], into[column] ?? 0, this.rows[row + 1 + column] ?? 0);
  }

  /** The last that begins no later than a unit. */
  private lastRow(unit: number): number {
    let row = this.end - this.stride;
    while (row >= this.first && (this.rows[row] ?? 0) > unit) row -= this.stride;
    return row;
  }

  private append(unit: number): number {
    if (this.end + this.stride > this.rows.length) this.makeRoom();
    const row = this.end;
    this.end += this.stride;
    this.clear(row, unit);
    return row;
  }

  private rowBetween(unit: number): number {
    let place = this.end;
    while (place > this.first && (this.rows[place - this.stride] ?? 0) > unit) place -= this.stride;
    const before = place - this.stride;
    if (before >= this.first && this.rows[before] === unit) return before;
    if (this.end + this.stride > this.rows.length) {
      this.makeRoom();
      return this.rowBetween(unit);
    }
    this.rows.copyWithin(place + this.stride, place, this.end);
    this.end += this.stride;
    this.clear(place, unit);
    return place;
  }

  private clear(row: number, unit: number): void {
    this.rows[row] = unit;
    for (let column = 0; column < this.columns.length; column += 1) this.rows[row + 1 + column] = nothing(this.columns[column]);
  }

  private touch(unit: number): void {
    const stretch = stretchOf(unit);
    if (stretch === this.changing) return;
    this.changing = stretch;
    this.changed.add(stretch);
  }

  private makeRoom(): void {
    this.compact();
    const used = this.end / this.stride;
    if (this.end + this.stride <= this.rows.length * 0.8) return;
    const grown = new Float64Array(Math.ceil(used * 1.5 + 8) * this.stride);
    grown.set(this.rows.subarray(0, this.end));
    this.rows = grown;
  }

  private merge(row: number, into: number): void {
    for (let column = 0; column < this.columns.length; column += 1) {
      const place = into + 1 + column;
      this.rows[place] = joined(this.columns[column], this.rows[place] ?? 0, this.rows[row + 1 + column] ?? 0);
    }
  }
}

export type Column = '+' | 'least' | 'greatest';

const unitsInWindow = 43_200;
/** What is stored together: a multiple of every size. */
const unitsInStretch = 2_760;

/** How many units a part takes, by how many units ago it is. */
const sizes = [
  { size: 1, reach: 30 },
  { size: 10, reach: 120 },
  { size: 60, reach: 360 },
  { size: 120, reach: Infinity },
];

const sizeAt = (age: number): number => sizes.find(({ reach }) => age <= reach)?.size ?? 1;
const multiple = (unit: number, of: number): number => Math.floor(unit / of) * of;
const stretchOf = (unit: number): number => Math.floor(unit / unitsInStretch);

/** The part that a unit can be in, without any stretch ever beginning inside: all that read it by smaller parts reach less far back. */
function settled(unit: number, newest: number): number {
  for (let level = sizes.length - 1; level > 0; level -= 1) {
    const [{ size }, finer] = [sizes[level] as (typeof sizes)[number], sizes[level - 1] as (typeof sizes)[number]];
    const part = multiple(unit, size);
    if (part + size <= newest - finer.reach - finer.size + 1) return part;
  }
  return unit;
}

export function joined(kind: Column | undefined, a: number, b: number): number {
  if (kind === '+') return a + b;
  return kind === 'least' ? Math.min(a, b) : Math.max(a, b);
}

export function nothing(kind: Column | undefined): number {
  if (kind === '+') return 0;
  return kind === 'least' ? Infinity : -Infinity;
}

function* rowsIn(rows: Float64Array, stride: number): Generator<Float64Array> {
  for (let row = 0; row < rows.length; row += stride) yield rows.slice(row, row + stride);
}
