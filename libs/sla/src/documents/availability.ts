import type { AvailabilityTarget, Need } from './call.js';
import { exactly } from './exactly.js';
import { mapping, oneOrMore, quantity, type Reader, wholeNumber } from './fields.js';
import { itemName } from './item-names.js';

/** How available one item is to be; it is up while `minUp` of its machines are, all of them when that is not said. */
export interface OwnAvailability {
  readonly atLeast?: number;
  readonly minUp?: number;
}
interface Joint {
  readonly atLeast: number;
  readonly of: readonly string[];
}

/** `{ at_least: 99.99 %, min_up: 1 }` */
export const ownAvailability: Reader<OwnAvailability> = mapping((fields, problems) => {
  const atLeast = fields.optional('at_least', bound);
  const minUp = fields.optional('min_up', wholeNumber(1, 1000));
  if (!fields.has('at_least') && !fields.has('min_up'))
    problems.add(fields.place, 'nothing is said of the availability', 'e.g. at_least: 99.99 %');
  return { ...(atLeast !== undefined && { atLeast }), ...(minUp !== undefined && { minUp }) };
});

/** `{ at_least: 99.9 %, of: [web, db] }`, or several of them; of all items when that is not said. */
export const jointAvailability = (items: ReadonlyMap<string, unknown>): Reader<readonly Joint[]> =>
  oneOrMore(
    mapping((fields, problems) => {
      const atLeast = fields.required('at_least', bound);
      const of = fields.optional('of', oneOrMore(itemName(items)));
      if (of?.length === 0 && !problems.malformed)
        problems.add(fields.placeOf('of'), 'no item is named', 'leave "of" out for all');
      return atLeast === undefined ? undefined : { atLeast, of: [...new Set(of ?? items.keys())] };
    }),
  );

const bound: Reader<number> = (source, problems) => {
  const value = quantity('fraction')(source, problems);
  if (value === 0) problems.add(source, 'at least nothing asks for nothing', 'e.g. 99.99 %');
  if (value === 1) problems.add(source, 'no machine is always up: 100 % cannot be had', 'e.g. 99.99 %');
  return value;
};

/** What a call says of single items, in their order, then what it says of several; what is said of one item alone is its own, wherever it stands. */
export function targetsOf(
  items: readonly { readonly need: Need; readonly availability?: OwnAvailability }[],
  joint: readonly Joint[],
  twice: (items: string) => void,
): readonly AvailabilityTarget[] {
  const own = items.flatMap(({ need, availability }) =>
    availability?.atLeast === undefined ? [] : [{ of: [need.item], atLeast: availability.atLeast }],
  );
  const stated = [...own, ...joint];
  const sets = stated.map(({ of }) => [...of].sort().join(' and '));
  for (const set of new Set(sets.filter((each, index) => sets.indexOf(each) !== index))) twice(set);
  const needs = items.map(({ need }) => need);
  const ofOne = needs.flatMap(({ item }) => stated.filter(({ of }) => of.length === 1 && of[0] === item));
  return [...ofOne, ...stated.filter(({ of }) => of.length > 1)].map(({ of, atLeast }) => ({
    text: `availability of ${of.join(' and ')} >= ${exactly(atLeast, 'fraction')}${upOf(of, needs)}`,
    items: of,
    atLeast,
  }));
}

/** ` (1 of 3 up)` */
function upOf(of: readonly string[], needs: readonly Need[]): string {
  const [item, ...more] = of;
  const need = more.length === 0 ? needs.find((candidate) => candidate.item === item) : undefined;
  return need?.minUp === undefined ? '' : ` (${need.minUp} of ${need.count} up)`;
}
