import { blockOf, type BlockRow } from './block.js';
import type { OfferRow } from './offer-row.js';
import { OfferTable } from './offer-table.js';
import { Sizes } from './sizes.js';
import { groupKey, type Stand, standKey, zonesOfAStand } from './stand.js';

interface Draft {
  readonly stand: Stand;
  readonly group: number;
  readonly rows: BlockRow[];
}

/** Builds a table row by row, so that a large one can be built in slices without holding up the event loop. */
export class OfferTableBuilder {
  private readonly sizes = new Sizes();
  private readonly names: string[] = [];
  private readonly nameCodes = new Map<string, number>();
  private readonly drafts = new Map<string, Draft>();
  private readonly groups = new Map<string, number>();
  private last: { readonly row: OfferRow; readonly drafts: readonly Draft[] } | undefined;

  /** Throws RangeError for a row without a zone or with a price that is not a number. */
  add(row: OfferRow): void {
    if (row.zones.length === 0) throw new RangeError(`${row.instanceType} in ${row.region} has no zone`);
    if (!Number.isFinite(row.price) || row.price < 0) throw new RangeError(`${row.instanceType} in ${row.region} has no price`);
    const entry = { size: this.sizes.code(row), name: this.nameCode(row.instanceType), price: row.price };
    // Rows mostly come place by place.
    const drafts = this.last && isSameStand(this.last.row, row) ? this.last.drafts : this.draftsFor(row);
    this.last = { row, drafts };
    for (const { rows } of drafts) rows.push(entry);
  }

  build(): OfferTable {
    const blocks = [...this.drafts.values()].map(({ stand, group, rows }) => blockOf(stand, group, rows, this.names));
    blocks.sort((a, b) => a.group - b.group);
    return new OfferTable({ sizes: this.sizes, names: this.names }, blocks, new Map(), 0);
  }

  private draftsFor(row: OfferRow): readonly Draft[] {
    const drafts: Draft[] = [];
    for (let start = 0; start < row.zones.length; start += zonesOfAStand)
      drafts.push(this.draft(standOf(row, row.zones.slice(start, start + zonesOfAStand))));
    return drafts;
  }

  private draft(stand: Stand): Draft {
    const key = standKey(stand);
    const known = this.drafts.get(key);
    if (known) return known;
    const draft = { stand, group: this.groupCode(groupKey(stand)), rows: [] };
    this.drafts.set(key, draft);
    return draft;
  }

  private groupCode(key: string): number {
    const code = this.groups.get(key) ?? this.groups.size;
    this.groups.set(key, code);
    return code;
  }

  private nameCode(name: string): number {
    const known = this.nameCodes.get(name);
    if (known !== undefined) return known;
    const code = this.names.push(name) - 1;
    this.nameCodes.set(name, code);
    return code;
  }
}

function standOf(row: OfferRow, zones: readonly string[]): Stand {
  const { agent, vendor, region, city, country, continent, market, availability, carbon } = row;
  const { latitude = null, longitude = null, commitment = 0, egress = null, discount = null } = row;
  const place = { agent, vendor, region, city, country, continent, latitude, longitude, zones };
  const isPlain = commitment === 0 && egress === null && discount === null;
  return { ...place, market, commitment, availability, carbon, egress, discount, isPlain };
}

const ofStands = [
  'agent',
  'vendor',
  'region',
  'city',
  'country',
  'continent',
  'latitude',
  'longitude',
  'market',
  'commitment',
  'availability',
  'carbon',
  'egress',
  'discount',
] as const;

function isSameStand(a: OfferRow, b: OfferRow): boolean {
  return ofStands.every((name) => a[name] === b[name]) && sameNames(a.zones, b.zones);
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, index) => name === b[index]));
}
