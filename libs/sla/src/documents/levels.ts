import type { Guarantee, ServiceLevel } from './call.js';
import { mapping, type Reader, text } from './fields.js';
import { guarantees, type Watched } from './guarantees.js';
import type { Place, Problems } from './problems.js';
import type { Source } from './source.js';
import { rate, span } from './spans.js';

/** What the guarantees of the call itself are called, beside the level that it may fall back to. */
export const agreedLevel = 'agreed';

/** The one level that a call may fall back to, beside what is `agreed`. */
export const fallbackLevel =
  (items: Watched, agreed: readonly Guarantee[]): Reader<ServiceLevel> =>
  (source, problems) => {
    const written = source.kind === 'list' ? source.items : [source];
    const [first, second] = written;
    if (!first) problems.add(source, 'no level is named', 'leave "levels" out');
    if (second) problems.unsupported(second, 'an agreement falls back to one level only, for now');
    return first && level(items, agreed)(first, problems);
  };

const levelName = text(63, { matches: /^[a-z][a-z0-9-]*$/, wanted: 'a name: lower-case letters, digits and -' });

/** `{ name: reduced, after: 3 per 1 h, back_after: 1 h, guarantees: [ … ] }` */
const level = (items: Watched, agreed: readonly Guarantee[]): Reader<ServiceLevel> =>
  mapping((fields, problems) => {
    const name = fields.required('name', levelName);
    const after = fields.required('after', rate);
    const backAfter = fields.required('back_after', span(1000, 'at least 1 s'));
    const own = fields.required('guarantees', guarantees(items));
    if (name === agreedLevel)
      problems.add(fields.placeOf('name'), `"${agreedLevel}" is what the call's own guarantees are called`);
    if (own && !problems.malformed) checkReplaces(fields.source('guarantees') ?? fields.place, own, agreed, problems);
    if (name === undefined || after === undefined || backAfter === undefined || !own) return undefined;
    return { name, after, backAfter, guarantees: own };
  });

function checkReplaces(place: Place | Source, own: readonly Guarantee[], agreed: readonly Guarantee[], problems: Problems): void {
  if (own.length === 0) problems.add(place, 'a level without guarantees is no different', 'write what holds instead');
  for (const guarantee of own) {
    if (agreed.some((other) => isInPlaceOf(guarantee, other))) continue;
    problems.add(
      place,
      `there is no ${guarantee.term} of ${guarantee.of} to stand in for`,
      'a level replaces guarantees of the call: those of the same term, item and metric',
    );
  }
}

/** Whether a level's guarantee stands in for one of the call. */
export const isInPlaceOf = (own: Guarantee, agreed: Guarantee): boolean =>
  own.term === agreed.term && own.of === agreed.of && subjectOf(own) === subjectOf(agreed);

/** What tells two guarantees of one term apart. */
const subjectOf = (guarantee: Guarantee): string | undefined =>
  guarantee.term === 'availability' ? guarantee.counted : (guarantee.metric ?? guarantee.value);
