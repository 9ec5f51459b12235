/** What a guarantee says that OpenSLO has no field for: annotations of the SLO, `cloud-agency.dev/FIELD`, each with the field's value in YAML. */
import { AgencyError, nearest } from '@cloud-agency/errors';
import type { Place, Problems } from '../problems.js';
import { readSource, type Source } from '../source.js';
import type { Metadata } from './objects.js';

const domain = 'cloud-agency.dev/';

/** Fields of a guarantee, by the names that they have in a call. */
export const ownFields = [
  'of',
  'as',
  'min_up',
  'by',
  'during',
  'holidays',
  'except',
  'when',
  'missing',
  'least',
  'recover',
  'horizon',
  'importance',
  'penalty',
  'reward',
] as const;
export type OwnField = (typeof ownFields)[number];

/** The key of the annotation that stands for a field. */
export const annotationOf = (field: OwnField): string => `${domain}${field}`;

/** Annotations of others say nothing here. */
export function readOwnFields({ annotations }: Metadata, problems: Problems): ReadonlyMap<OwnField, Source> {
  const found = new Map<OwnField, Source>();
  for (const [name, source] of annotations) {
    if (!name.startsWith(domain)) continue;
    const written = name.slice(domain.length);
    const field = ownFields.find((one) => one === written);
    const meant = nearest(written, ownFields);
    if (field === undefined)
      problems.add(
        source,
        `"${written}" is not a field of a guarantee`,
        meant ? `did you mean ${meant}?` : `they are ${ownFields.join(', ')}`,
      );
    else found.set(field, valueIn(source, problems));
  }
  return found;
}

function valueIn(source: Source, problems: Problems): Source {
  if (source.kind !== 'scalar') return source;
  try {
    return movedTo(source, readSource(source.text));
  } catch (error) {
    if (!(error instanceof AgencyError)) throw error;
    problems.add(
      source,
      'the value of this annotation is not YAML',
      'write it as in a call, e.g. "Mon-Fri 08:00-20:00 Europe/Paris"',
    );
    return source;
  }
}

/** All of it stands where the annotation does. */
function movedTo(place: Place, source: Source): Source {
  const here = { path: place.path, at: place.at };
  switch (source.kind) {
    case 'scalar':
      return { ...source, ...here };
    case 'list':
      return { ...source, ...here, items: source.items.map((item) => movedTo(place, item)) };
    case 'mapping':
      return {
        ...source,
        ...here,
        entries: source.entries.map(({ name, value }) => ({ name, at: place.at, value: movedTo(place, value) })),
      };
  }
}
