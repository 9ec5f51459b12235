import { choice, type Fields, type Reader, wholeNumber } from './fields.js';
import type { Counts } from './item-names.js';
import type { Problems } from './problems.js';
import type { ScaleByMachines, ScaleBySize } from './reaction.js';

type Scaling = ScaleByMachines | ScaleBySize;

/** Out and in, by so many machines within a bound; or up and down, to the next size. Growing for too little use, and the reverse, is refused. */
export function scaling(
  on: string,
  of: string | undefined,
  fields: Fields,
  counts: Counts,
  problems: Problems,
): Scaling | undefined {
  if (fields.has('by') === fields.has('size')) {
    problems.add(
      fields.placeOf('do'),
      'scale says either "by" or "size"',
      'by: 1 with up_to: 6 adds a machine, size: larger takes the next size',
    );
    fields.skip();
    return undefined;
  }
  const scale: Scaling | undefined = fields.has('size') ? bySize(fields, problems) : byMachines(of, fields, counts, problems);
  if (scale) checkSense(on, scale, fields, problems);
  return scale;
}

function bySize(fields: Fields, problems: Problems): ScaleBySize | undefined {
  const size = fields.required('size', choice(['larger', 'smaller']));
  for (const name of ['up_to', 'down_to']) {
    if (!fields.has(name)) continue;
    fields.source(name);
    problems.add(
      fields.placeOf(name),
      `"${name}" bounds how many machines there are`,
      'sizes are bounded by require and max_price',
    );
  }
  return size && { do: 'scale', size };
}

/** Whole, and not 0; its sign says whether it is out or in. */
const step: Reader<number> = (source, problems) => {
  const value = source.kind === 'scalar' ? Number(source.text) : NaN;
  if (Number.isInteger(value) && value !== 0 && Math.abs(value) <= 1000) return value;
  problems.add(source, 'must be how many machines, from 1 to 1000, or from -1 to -1000 to give some back');
  return undefined;
};

function byMachines(of: string | undefined, fields: Fields, counts: Counts, problems: Problems): ScaleByMachines | undefined {
  const by = fields.required('by', step);
  if (by === undefined) {
    fields.skip();
    return undefined;
  }
  const [name, other] = by > 0 ? ['up_to', 'down_to'] : ['down_to', 'up_to'];
  if (fields.has(other)) {
    fields.source(other);
    problems.add(fields.placeOf(other), `"${other}" does not go with by: ${by}`, `that is bounded by "${name}"`);
  }
  if (!fields.has(name)) problems.add(fields.placeOf('by'), 'scaling has no bound', `say how far with "${name}"`);
  const bound = fields.optional(name, wholeNumber(1, 1000));
  if (bound === undefined) return undefined;
  const scale: ScaleByMachines = { do: 'scale', by, bound };
  const count = of === undefined ? undefined : counts.get(of);
  if (count !== undefined && goesNowhere(scale, count))
    problems.contradiction(
      fields.placeOf(name),
      `${of ?? 'it'} begins with ${count} machines: with ${name}: ${bound} it never changes`,
    );
  return scale;
}

const goesNowhere = ({ by, bound }: ScaleByMachines, count: number): boolean => (by > 0 ? bound <= count : bound > count);

function checkSense(on: string, scale: Scaling, fields: Fields, problems: Problems): void {
  const grows = 'by' in scale ? scale.by > 0 : scale.size === 'larger';
  const place = fields.placeOf('by' in scale ? 'by' : 'size');
  if (on === 'resource.overused' && !grows) problems.contradiction(place, 'what is used too much is not to become less');
  if (on === 'resource.underused' && grows) problems.contradiction(place, 'what is used too little is not to become more');
}
