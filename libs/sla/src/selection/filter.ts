import { attributes } from '../vocabulary/attributes.js';
import { describePlace, describePlaces } from '../vocabulary/place.js';
import { formatQuantity } from '../vocabulary/quantity.js';
import type {
  Comparison,
  Constraint,
  Demand,
  Need,
  NumberSetConstraint,
  PlaceConstraint,
  TextConstraint,
} from '../documents/call.js';
import type { PlaceLevel } from '../vocabulary/names.js';
import { numberAllowed, placeMeets, wordAllowed } from './meets.js';
import type { OfferTable, Site } from './offers.js';

/** A hard constraint made ready for one table. Those on places look at a site's zones, the others at a row. */
export interface RowCheck {
  readonly text: string;
  /** 1 for each row that fails. */
  readonly failing: Uint8Array;
  /** How far a failing row is off, relative to what is wanted; `unknownMiss` when its value is unknown. */
  readonly miss: (row: number) => number;
  readonly found: (row: number) => string;
  readonly wanted: string;
}
export interface ZoneCheck {
  readonly text: string;
  readonly fails: (site: Site, zone: string) => boolean;
  readonly found: (site: Site) => string;
  readonly wanted: string;
}

/** Whether an account can provide a portable image on an architecture; null is unknown. */
export type ProvidesImage = (image: string, architecture: string | null) => boolean;

/** Farther than any miss of a known value. */
export const unknownMiss = 1e9;

export function rowChecks(table: OfferTable, need: Need, provides: ProvidesImage): readonly RowCheck[] {
  return need.require.flatMap((constraint) => rowCheck(table, constraint, provides) ?? []);
}

function rowCheck(table: OfferTable, constraint: Constraint, provides: ProvidesImage): RowCheck | undefined {
  switch (constraint.type) {
    case 'number':
      return numberCheck(table, constraint, constraint.comparison, constraint.value);
    case 'price':
      return numberCheck(table, { text: constraint.text, attribute: 'price' }, '<=', constraint.atMost, constraint.market);
    case 'numbers':
      return numberSetCheck(table, constraint);
    case 'text':
      return textCheck(table, constraint, provides);
    case 'place':
      return undefined;
  }
}

function numberCheck(
  table: OfferTable,
  { text, attribute }: { readonly text: string; readonly attribute: keyof typeof attributes },
  comparison: Comparison,
  wanted: number,
  market?: string,
): RowCheck {
  const column = table.numbers(attribute) ?? new Float64Array(table.rows).fill(NaN);
  const { dimension } = attributes[attribute];
  const failing = failingNumbers(column, comparison, wanted);
  if (market !== undefined) pardonOthers(table, failing, market);
  const at = (row: number) => column[row] ?? NaN;
  return {
    text,
    failing,
    miss: (row) => (Number.isNaN(at(row)) ? unknownMiss : Math.abs(at(row) - wanted) / Math.max(wanted, 1e-9)),
    found: (row) => `${attribute} ${Number.isNaN(at(row)) ? 'unknown' : formatQuantity(at(row), dimension)}`,
    wanted: `${attribute} ${comparison} ${formatQuantity(wanted, dimension)}`,
  };
}

function numberSetCheck(table: OfferTable, constraint: NumberSetConstraint): RowCheck {
  const { attribute, text, anyOf, noneOf = [] } = constraint;
  const column = table.numbers(attribute) ?? new Float64Array(table.rows).fill(NaN);
  const at = (row: number) => column[row] ?? NaN;
  const nearest = (value: number) =>
    Math.min(...(anyOf ?? noneOf).map((member) => Math.abs(member - value) / Math.max(member, 1e-9)));
  return {
    text,
    failing: Uint8Array.from(column, (value) => Number(!numberAllowed(constraint, value))),
    miss: (row) => (Number.isNaN(at(row)) ? unknownMiss : nearest(at(row))),
    found: (row) =>
      `${attribute} ${Number.isNaN(at(row)) ? 'unknown' : formatQuantity(at(row), attributes[attribute].dimension)}`,
    wanted: text,
  };
}

/** One plain loop for each kind of comparison: this runs over every offer there is. NaN, unknown, fails all of them. */
function failingNumbers(column: Float64Array, comparison: Comparison, wanted: number): Uint8Array {
  const failing = new Uint8Array(column.length);
  const [least, most] = bounds(comparison, wanted);
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row] ?? NaN;
    failing[row] = value >= least && value <= most ? 0 : 1;
  }
  if (comparison === '>' || comparison === '<' || comparison === '!=') {
    for (let row = 0; row < column.length; row += 1) if (column[row] === wanted) failing[row] = 1;
  }
  return failing;
}

function bounds(comparison: Comparison, wanted: number): readonly [least: number, most: number] {
  if (comparison === '!=') return [-Infinity, Infinity];
  return [comparison.startsWith('<') ? -Infinity : wanted, comparison.startsWith('>') ? Infinity : wanted];
}

/** A bound for one market does not touch the others. */
function pardonOthers(table: OfferTable, failing: Uint8Array, market: string): void {
  const code = table.markets.indexOf(market);
  table.marketOf.forEach((of, row) => {
    if (of !== code) failing[row] = 0;
  });
}

function textCheck(table: OfferTable, constraint: TextConstraint, provides: ProvidesImage): RowCheck {
  const isMarket = constraint.attribute === 'market';
  const values: readonly (string | null)[] = isMarket ? table.markets : table.architectures;
  const codes = isMarket ? table.marketOf : table.architectureOf;
  const wrong = values.map((value) =>
    constraint.attribute === 'image' ? !imageProvided(constraint, value, provides) : !wordAllowed(constraint, value),
  );
  const value = (row: number) => values[codes[row] ?? -1] ?? null;
  const known = (row: number) => value(row) ?? 'unknown';
  return {
    text: constraint.text,
    failing: failingCodes(codes, Uint8Array.from(wrong, Number)),
    miss: (row) => (value(row) === null ? unknownMiss : 1),
    found:
      constraint.attribute === 'image'
        ? (row) => `no such image for ${known(row)}`
        : (row) => `${constraint.attribute} ${known(row)}`,
    wanted: constraint.text,
  };
}

function failingCodes(codes: Int32Array, wrong: Uint8Array): Uint8Array {
  const failing = new Uint8Array(codes.length);
  for (let row = 0; row < codes.length; row += 1) failing[row] = wrong[codes[row] ?? -1] ?? 1;
  return failing;
}

function imageProvided({ anyOf, noneOf }: TextConstraint, architecture: string | null, provides: ProvidesImage): boolean {
  return !anyOf || anyOf.some((image) => provides(image, architecture) && !noneOf?.includes(image));
}

/** The constraints on places, and what spread and apart must know: an unknown country can neither be shared nor avoided for sure. */
export function zoneChecks(need: Need, demand: Demand): readonly ZoneCheck[] {
  const places = need.require.filter((constraint) => constraint.type === 'place').map(placeCheck);
  return [...places, ...levelsToKnow(need, demand).map(knownLevel)];
}

function placeCheck(constraint: PlaceConstraint): ZoneCheck {
  const { text, within, not, near } = constraint;
  return {
    text,
    fails: (site, zone) => !placeMeets(constraint, { ...site, zone }),
    found: (site) => describePlace({ ...site, zone: '' }),
    wanted: near ? text : describePlaces(within, not),
  };
}

/** The levels that spread, apart and with compare places of this item by and that may be unknown. */
export function levelsToKnow(need: Need, demand: Demand): readonly ('country' | 'continent')[] {
  const related = (of: Need) => [...of.apartFrom, ...(of.with ?? [])];
  const reversed = demand.needs.flatMap((other) => related(other).filter(({ item }) => item === need.item));
  const levels = [...need.spread, ...related(need), ...reversed].map(({ over }): PlaceLevel => over);
  return (['country', 'continent'] as const).filter((level) => levels.includes(level));
}

function knownLevel(level: 'country' | 'continent'): ZoneCheck {
  return {
    text: `${level} known (to place items over it)`,
    fails: (site) => site[level] === null,
    found: (site) => `${site.vendor} ${site.region}: ${level} unknown`,
    wanted: `a known ${level}`,
  };
}
