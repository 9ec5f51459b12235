import type { Traffic } from './call.js';
import { list, mapping, quantity, type Reader } from './fields.js';
import { itemName } from './item-names.js';

/** `- { from: web, to: db, volume: 200 GiB/month }`: each direction of two items by itself. */
export const traffic =
  (items: ReadonlyMap<string, unknown>): Reader<readonly Traffic[]> =>
  (source, problems) => {
    const flows = list(flow(items))(source, problems) ?? [];
    const pairs = flows.map(({ from, to }) => `from ${from} to ${to}`);
    for (const pair of new Set(pairs.filter((each, index) => pairs.indexOf(each) !== index)))
      problems.add(source, `the traffic ${pair} is stated twice`, 'state it once, with the sum of the volumes');
    return flows;
  };

const flow = (items: ReadonlyMap<string, unknown>): Reader<Traffic> =>
  mapping((fields, problems) => {
    const from = fields.required('from', itemName(items));
    const to = fields.required('to', itemName(items));
    const volume = fields.required('volume', quantity('volume'));
    if (from !== undefined && from === to)
      problems.add(fields.placeOf('to'), `traffic flows from one item to another, not from ${from} to itself`);
    return from === undefined || to === undefined || volume === undefined ? undefined : { from, to, volume };
  });
