/** What the objects of OpenSLO v1 have in common, by its text and the rules of its official SDK. */
import { type Fields, list, mapping, type Reader, text } from '../fields.js';
import type { Problems } from '../problems.js';
import type { Entry, Source } from '../source.js';
import { type Duration, type Metadata, type Named, type Placed, units } from './objects.js';

export const longestText = 1050;

/** A name of an object, and so every reference: an RFC 1123 label. */
export const objectName = text(63, {
  matches: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  wanted: 'a name: lower-case letters, digits and -, with a letter or a digit at both ends',
});

/** A value with its place. */
export const placed =
  <T>(read: Reader<T>): Reader<Placed<T>> =>
  (source, problems) => {
    const value = read(source, problems);
    return value === undefined ? undefined : { value, place: source };
  };

/** A number, in some bounds. */
export const numberIn =
  (isRight: (value: number) => boolean, wanted: string): Reader<number> =>
  (source, problems) => {
    const value = source.kind === 'scalar' ? source.value : undefined;
    if (typeof value === 'number' && isRight(value)) return value;
    problems.add(source, `must be ${wanted}`);
    return undefined;
  };

const durationPattern = new RegExp(`^([1-9][0-9]{0,5})([${units.join('')}])$`);

/** `30d`. Case matters: m is minutes, M months. */
export const duration: Reader<Duration> = (source, problems) => {
  const written = text()(source, problems);
  if (written === undefined) return undefined;
  const [, count, unit] = durationPattern.exec(written) ?? [];
  const known = units.find((one) => one === unit);
  if (known !== undefined) return { count: Number(count), unit: known };
  problems.add(
    source,
    `"${written}" is not a duration`,
    'a whole number and one of m h d w M Q Y, e.g. 30d: m is minutes, M months',
  );
  return undefined;
};

/** As a duration, or 0 of something: no time at all. */
export const durationOrNone: Reader<Duration> = (source, problems) => {
  if (source.kind === 'scalar' && /^0[mhdwMQY]$/.test(source.text)) return { count: 0, unit: 'm' };
  return duration(source, problems);
};

export const description = (fields: Fields): void => void fields.optional('description', text(longestText));

export const metadata: Reader<Metadata> = mapping((fields) => {
  const name = fields.required('name', objectName);
  fields.optional('displayName', text(63));
  fields.optional('labels', labels);
  const annotations = fields.optional('annotations', annotated) ?? new Map<string, Source>();
  return name === undefined ? undefined : { name, place: fields.place, annotations };
});

const labelKey = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const prefix = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

const labels: Reader<true> = (source, problems) => {
  for (const { name, at, value } of entriesOf(source, problems)) {
    if (!labelKey.test(name)) problems.add({ path: value.path, at }, `"${name}" is not the key of a label`);
    if (value.kind === 'list') list(text(longestText))(value, problems);
    else text(longestText)(value, problems);
  }
  return true;
};

const annotated: Reader<ReadonlyMap<string, Source>> = (source, problems) => {
  const found = new Map<string, Source>();
  for (const { name, at, value } of entriesOf(source, problems)) {
    const [key = '', domain] = name.split('/').reverse();
    const isKey = labelKey.test(key) && name.split('/').length <= 2 && (domain === undefined || isDomain(domain));
    if (!isKey) problems.add({ path: value.path, at }, `"${name}" is not the key of an annotation`);
    if (value.kind === 'scalar' && typeof value.value === 'string') found.set(name, value);
    else problems.add(value, 'an annotation is text', 'put it into quotes');
  }
  return found;
};

const isDomain = (domain: string): boolean => domain.length <= 253 && prefix.test(domain);

function entriesOf(source: Source, problems: Problems): readonly Entry[] {
  if (source.kind === 'mapping') return source.entries;
  problems.add(source, 'must be keys with their values');
  return [];
}

/** One of two fields, of which exactly one is there: the object itself, or the name of one. */
export function oneOf<T>(
  fields: Fields,
  problems: Problems,
  { inline, ref, read }: { readonly inline: string; readonly ref: string; readonly read: Reader<T> },
): Named<T> | undefined {
  if (fields.has(inline) === fields.has(ref)) {
    problems.add(fields.place, `either "${inline}" or "${ref}" must be there, and not both`);
    fields.source(inline);
    fields.source(ref);
    return undefined;
  }
  const object = fields.optional(inline, read);
  const name = fields.optional(ref, placed(objectName));
  if (object !== undefined) return { object };
  return name && { ref: name };
}
