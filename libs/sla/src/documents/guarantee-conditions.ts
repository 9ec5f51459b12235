/** When a guarantee counts: its window, its schedules, its conditions, and what silence means. */
import { AgencyError } from '@cloud-agency/errors';
import { metricSources } from '../vocabulary/metrics.js';
import { parseSchedule, zoneOf } from '../times/schedule.js';
import { dayOf } from '../times/zone.js';
import {
  type CalendarPeriod,
  calendarPeriods,
  type Exception,
  type Guarantee,
  type Missing,
  type Qualification,
  type Recovery,
  type Slices,
} from './guarantee.js';
import { choice, type Fields, list, mapping, oneOrMore, quantity, type Reader, text, wholeNumber } from './fields.js';
import { condition } from './guarantee-metrics.js';
import type { Place, Problems } from './problems.js';
import { span } from './spans.js';

type Conditions = Pick<
  Guarantee,
  'over' | 'slices' | 'by' | 'during' | 'holidays' | 'except' | 'when' | 'missing' | 'least' | 'recover' | 'horizon'
>;

/** @param every how often a probe looks at the item, ms; undefined where none does */
export function conditionsOf(fields: Fields, every: number | undefined, problems: Problems): Conditions | undefined {
  const over = fields.required('over', window);
  const zone = fields.optional('time_zone', timeZone);
  if (typeof over === 'number' && fields.has('time_zone'))
    problems.add(
      fields.placeOf('time_zone'),
      'a rolling window has no time zone',
      `it is of over: ${calendarPeriods.join(', ')}`,
    );
  const said = {
    ...given('slices', fields.optional('slices', slices)),
    ...given('by', fields.optional('by', choice(metricSources))),
    ...given('during', fields.optional('during', schedule)),
    ...given('holidays', fields.optional('holidays', list(holiday, 1000))),
    ...given('except', fields.optional('except', oneOrMore(exception))),
    ...given('when', fields.optional('when', qualification)),
    ...given('missing', fields.optional('missing', missing(silence(every))) ?? usualMissing(every)),
    ...given('least', fields.optional('least', wholeNumber(1, 1_000_000))),
    ...given('recover', fields.optional('recover', recovery)),
    ...given('horizon', fields.optional('horizon', span(1000, 'at least 1 s'))),
  };
  if (over === undefined) return undefined;
  return { over: typeof over === 'number' ? over : { ...over, zone: zone ?? over.zone }, ...said };
}

export const given = <Name extends string, T>(name: Name, value: T | undefined): { readonly [name in Name]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]: T });

/** `30 d`, or `month`. */
const window: Reader<number | CalendarPeriod> = (source, problems) => {
  const period = calendarPeriods.find((name) => source.kind === 'scalar' && source.text === name);
  return period ? { period, zone: 'UTC' } : span(1000, 'at least 1 s')(source, problems);
};

/** `{ each: 5 min, at_least: 99 % }` */
const slices: Reader<Slices> = mapping((fields) => {
  const each = fields.required('each', span(1000, 'at least 1 s'));
  const atLeast = fields.optional('at_least', quantity('fraction'));
  return each === undefined ? undefined : { each, ...given('atLeast', atLeast) };
});

/** A text that `parse` understands. */
const parsed =
  (limit: number, parse: (written: string) => unknown): Reader<string> =>
  (source, problems) => {
    const written = text(limit)(source, problems);
    return written !== undefined && understood(() => parse(written), source, problems) ? written : undefined;
  };

function understood(parse: () => unknown, place: Place, problems: Problems): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (!(error instanceof AgencyError)) throw error;
    problems.add(place, error.message);
    return false;
  }
}

const timeZone = parsed(64, zoneOf);
const schedule = parsed(300, parseSchedule);

const holiday: Reader<string> = (source, problems) => {
  const written = text(10)(source, problems);
  if (written === undefined || dayOf(written) !== undefined) return written;
  problems.add(source, `"${written}" is not a day`, 'e.g. 2026-12-25');
  return undefined;
};

/** `Sun 02:00-04:00 Europe/Paris`, or `{ from: 2026-06-01T00:00:00Z, until: 2026-06-01T04:00:00Z }`. */
const exception: Reader<Exception> = (source, problems) => {
  if (source.kind === 'mapping') return dated(source, problems);
  const during = schedule(source, problems);
  return during === undefined ? undefined : { during };
};

const dated: Reader<Exception> = mapping((fields, problems) => {
  const from = fields.required('from', instant);
  const until = fields.required('until', instant);
  if (from === undefined || until === undefined) return undefined;
  if (until <= from) problems.contradiction(fields.placeOf('until'), 'it is over before it begins');
  return { from, until };
});

const instant: Reader<number> = (source, problems) => {
  const written = text(40)(source, problems);
  if (written === undefined) return undefined;
  const isFull = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(written);
  const at = isFull ? Date.parse(written) : NaN;
  if (!Number.isNaN(at)) return at;
  problems.add(source, `"${written}" is not an instant`, 'e.g. 2026-06-01T02:00:00Z');
  return undefined;
};

/** `cpu_utilisation < 0.8`, or `{ holds: …, by: resource }`. */
const qualification: Reader<Qualification> = (source, problems) => {
  if (source.kind === 'mapping') return qualificationFields(source, problems);
  const holds = condition(source, problems);
  return holds === undefined ? undefined : { holds };
};

const qualificationFields: Reader<Qualification> = mapping((fields) => {
  const holds = fields.required('holds', condition);
  const by = fields.optional('by', choice(metricSources));
  return holds === undefined ? undefined : { holds, ...given('by', by) };
});

const usualSilence = 600_000;
/** A probe that did not come three times is none. */
const silence = (every = 0): number => Math.max(usualSilence, 3 * every);

/** Nothing is said of what is as usual. */
const usualMissing = (every = 0): Missing | undefined =>
  3 * every > usualSilence ? { as: 'unknown', after: silence(every) } : undefined;

const meanings = ['unknown', 'fails', 'passes'] as const;

/** `fails`, or `{ as: fails, after: 2 min }`. */
const missing =
  (usual: number): Reader<Missing> =>
  (source, problems) => {
    if (source.kind === 'mapping') return missingFields(usual)(source, problems);
    const as = choice(meanings)(source, problems);
    return as && { as, after: usual };
  };

const missingFields = (usual: number): Reader<Missing> =>
  mapping((fields) => {
    const as = fields.required('as', choice(meanings));
    const after = fields.optional('after', span(1000, 'at least 1 s')) ?? usual;
    return as && { as, after };
  });

/** `{ margin: 10 %, after: 10 min }` */
const recovery: Reader<Recovery> = mapping((fields, problems) => {
  const margin = fields.optional('margin', quantity('fraction', { max: 0.99, wanted: 'at most 99 %' }));
  const after = fields.optional('after', span(1000, 'at least 1 s'));
  if (!fields.has('margin') && !fields.has('after'))
    problems.add(fields.place, 'it is not said what recovery takes', 'say margin, after, or both');
  return { ...given('margin', margin), ...given('after', after) };
});
