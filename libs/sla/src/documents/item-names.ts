import { type Reader, text } from './fields.js';

/** The machines of each item, by its name. */
export type Counts = ReadonlyMap<string, number>;

/** The name of one of the items. */
export const itemName =
  (items: ReadonlyMap<string, unknown>): Reader<string> =>
  (source, problems) => {
    const name = text()(source, problems);
    if (name === undefined || items.has(name)) return name;
    problems.add(source, `there is no item "${name}"`, `the items are ${[...items.keys()].join(', ')}`);
    return undefined;
  };
