import { eventProblem } from './events.js';
import { type Reader, text } from './fields.js';

/** The name of an event; with `patterns` also `sla.*` and the like. */
export const eventName =
  (options: { readonly patterns: boolean }): Reader<string> =>
  (source, problems) => {
    const name = text()(source, problems);
    if (name === undefined) return undefined;
    const wrong = eventProblem(name, options);
    if (wrong) problems.add(source, wrong.message, wrong.hint);
    return name;
  };
