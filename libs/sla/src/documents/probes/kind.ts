import type { Reader } from '../fields.js';
import type { Value } from '../wsag/build.js';

/** A kind of probe as documents have it. What it does is a meter of libs/probes under the same name. */
export interface ProbeKind<What> {
  readonly read: Reader<What>;
  /** As the document says it: `read` of it gives `what` again. */
  readonly write: (what: What) => Value;
}
