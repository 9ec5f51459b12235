import { AgencyError, nearest } from '@cloud-agency/errors';
import { type Dimension, parseQuantity } from '../vocabulary/quantity.js';
import type { Place, Problems } from './problems.js';
import type { Entry, Mapping, Source } from './source.js';

/** Reads a value; when it is wrong, says so to `problems` and gives undefined. */
export type Reader<T> = (source: Source, problems: Problems) => T | undefined;

/**
 * The fields of one mapping. A field is known once it is asked for; `done` reports the others, so a document can hold nothing that is
 * silently ignored.
 */
export class Fields {
  private readonly known = new Set<string>();
  private readonly byName: ReadonlyMap<string, Entry>;

  constructor(
    readonly place: Mapping,
    private readonly problems: Problems,
  ) {
    this.byName = new Map(place.entries.map((entry) => [entry.name, entry]));
  }

  optional<T>(name: string, read: Reader<T>): T | undefined {
    const source = this.source(name);
    return source && read(source, this.problems);
  }

  /** @param hint what to write, where that is not obvious. */
  required<T>(name: string, read: Reader<T>, hint?: string): T | undefined {
    if (!this.has(name)) this.problems.add(this.place, `"${name}" is missing`, hint);
    return this.optional(name, read);
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  source(name: string): Source | undefined {
    this.known.add(name);
    return this.byName.get(name)?.value;
  }

  /** Where a field stands, or the mapping itself when it is left out. */
  placeOf(name: string): Place {
    const entry = this.byName.get(name);
    return entry ? { path: entry.value.path, at: entry.at } : this.place;
  }

  /** Valid fields that cannot be carried out yet. */
  unsupported(names: Readonly<Record<string, string>>): void {
    for (const [name, message] of Object.entries(names)) {
      this.known.add(name);
      if (this.has(name)) this.problems.unsupported(this.placeOf(name), message);
    }
  }

  /** Lets the fields not asked for pass: the mapping is refused as a whole already. */
  skip(): void {
    for (const name of this.byName.keys()) this.known.add(name);
  }

  done(): void {
    for (const { name, at, value } of this.byName.values()) {
      if (this.known.has(name)) continue;
      const known = [...this.known];
      const meant = nearest(name, known);
      this.problems.add(
        { path: value.path, at },
        `unknown field "${name}"`,
        meant ? `did you mean ${meant}?` : `known here: ${known.join(', ')}`,
      );
    }
  }
}

/** Reads a mapping through its fields. */
export const mapping =
  <T>(read: (fields: Fields, problems: Problems) => T | undefined): Reader<T> =>
  (source, problems) => {
    if (source.kind !== 'mapping') {
      wrongType(source, problems, 'fields with values');
      return undefined;
    }
    const fields = new Fields(source, problems);
    const value = read(fields, problems);
    fields.done();
    return value;
  };

/** Reads a mapping whose names its author chooses. */
export const named =
  <T>(read: (name: string, source: Source, problems: Problems) => T | undefined, limit: number): Reader<ReadonlyMap<string, T>> =>
  (source, problems) => {
    if (source.kind !== 'mapping') {
      wrongType(source, problems, 'names with their fields');
      return undefined;
    }
    if (source.entries.length > limit) problems.add(source, `${source.entries.length} are given; at most ${limit} are allowed`);
    const values = source.entries.slice(0, limit).map(({ name, at, value }) => {
      if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) {
        problems.add(
          { path: value.path, at },
          `"${name}" is not a name: lower-case letters, digits and -, beginning with a letter, at most 32`,
        );
      }
      return [name, read(name, value, problems)] as const;
    });
    return new Map(values.filter((entry): entry is readonly [string, T] => entry[1] !== undefined));
  };

/** Reads a list; one wrong item does not spoil the others. */
export const list =
  <T>(read: Reader<T>, limit = 100): Reader<readonly T[]> =>
  (source, problems) => {
    if (source.kind !== 'list') {
      wrongType(source, problems, 'a list');
      return undefined;
    }
    if (source.items.length > limit) problems.add(source, `${source.items.length} are given; at most ${limit} are allowed`);
    return source.items
      .slice(0, limit)
      .map((item) => read(item, problems))
      .filter((value) => value !== undefined);
  };

/** Reads one value or a list of them. */
export const oneOrMore =
  <T>(read: Reader<T>): Reader<readonly T[]> =>
  (source, problems) => {
    if (source.kind === 'list') return list(read)(source, problems);
    const value = read(source, problems);
    return value === undefined ? undefined : [value];
  };

export const text =
  (limit = 200, pattern?: { readonly matches: RegExp; readonly wanted: string }): Reader<string> =>
  (source, problems) => {
    if (source.kind !== 'scalar' || source.value === null || typeof source.value === 'boolean') {
      wrongType(source, problems, 'text');
      return undefined;
    }
    if (source.text.length > limit) problems.add(source, `has ${source.text.length} characters; at most ${limit} are allowed`);
    else if (pattern && !pattern.matches.test(source.text)) problems.add(source, `"${source.text}" is not ${pattern.wanted}`);
    else return source.text;
    return undefined;
  };

/** One of a few words. */
export const choice =
  <const T extends string>(words: readonly T[]): Reader<T> =>
  (source, problems) => {
    const written = text()(source, problems);
    if (written === undefined) return undefined;
    const found = words.find((word) => word === written);
    if (found !== undefined) return found;
    const meant = nearest(written, words);
    problems.add(source, `"${written}" is not one of ${words.join(', ')}`, meant && `did you mean ${meant}?`);
    return undefined;
  };

/** `true` or `false`, also where all is text. */
export const flag: Reader<boolean> = (source, problems) => {
  const written = source.kind === 'scalar' ? source.text : '';
  if (written === 'true' || written === 'false') return written === 'true';
  wrongType(source, problems, 'true or false');
  return undefined;
};

export const wholeNumber =
  (min: number, max: number): Reader<number> =>
  (source, problems) => {
    const value = source.kind === 'scalar' ? source.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    wrongType(source, problems, `a whole number from ${min} to ${max}`);
    return undefined;
  };

/** A number that is not negative; zero only where it makes sense. */
export const amount =
  ({ above, atMost }: { readonly above: number; readonly atMost: number }): Reader<number> =>
  (source, problems) => {
    const value = source.kind === 'scalar' ? source.value : undefined;
    if (typeof value === 'number' && value > above && value <= atMost) return value;
    wrongType(source, problems, `a number above ${above}, at most ${atMost}`);
    return undefined;
  };

/** A quantity with its unit, in the canonical unit. */
export const quantity =
  (dimension: Dimension, { min = 0, max = Infinity, wanted = '' } = {}): Reader<number> =>
  (source, problems) => {
    if (source.kind !== 'scalar' || source.value === null || typeof source.value === 'boolean') {
      wrongType(source, problems, 'a quantity');
      return undefined;
    }
    const value = quantityIn(source.text, dimension, source, problems);
    if (value === undefined || (value >= min && value <= max)) return value;
    problems.add(source, `${source.text} is out of range: ${wanted}`);
    return undefined;
  };

/** Like `quantity`, of a part of a text. */
export function quantityIn(written: string, dimension: Dimension, place: Place, problems: Problems): number | undefined {
  try {
    return parseQuantity(written, dimension);
  } catch (error) {
    if (!(error instanceof AgencyError)) throw error;
    problems.add(place, error.message);
    return undefined;
  }
}

function wrongType(source: Source, problems: Problems, wanted: string): void {
  problems.add(source, `must be ${wanted}, not ${found(source)}`);
}

function found(source: Source): string {
  if (source.kind !== 'scalar') return source.kind === 'list' ? 'a list' : 'fields';
  return source.value === null ? 'nothing' : `"${source.text}"`;
}
