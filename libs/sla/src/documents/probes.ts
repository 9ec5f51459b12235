import { list, mapping, type Reader, wholeNumber } from './fields.js';
import { type Counts, itemName } from './item-names.js';
import { readWhat } from './probes/kinds.js';
import type { Probe } from './probes/probe.js';
import { span } from './spans.js';

/** How the Agency sees whether a machine is well (docs/calls.md, Probes). */
export const probes = (items: Counts): Reader<readonly Probe[]> =>
  list(
    mapping((fields, problems) => {
      const of = fields.required('of', itemName(items));
      const what = readWhat(fields, problems);
      const every = fields.optional('every', span(500, 'at least 500 ms')) ?? 10_000;
      const timeout = fields.optional('timeout', span(10, 'at least 10 ms')) ?? Math.min(2000, every);
      const failures = fields.optional('failures', wholeNumber(1, 100)) ?? 2;
      if (timeout > every)
        problems.add(fields.placeOf('timeout'), 'the timeout is longer than the time from one probe to the next');
      return of !== undefined && what !== undefined ? { of, ...what, every, timeout, failures } : undefined;
    }),
  );
