import { policies } from './call.js';
import { defaultSelecting, type Selecting, stated } from './choosing.js';
import { choice, mapping, quantity, type Reader } from './fields.js';
import { Problems } from './problems.js';
import { readSource } from './source.js';

/** What a client stores under a name: for calls to refer to, and for computes that are ordered without a call of their own. */
export interface StoredPolicy {
  readonly selecting: Selecting;
  /** The most that a compute ordered without a call may cost, USD an hour; absent: the Agency's own cap. */
  readonly maxPrice?: number;
}

/**
 * Reads a policy from YAML or JSON text: what a call may say under `select` (CFP.md 1), and `max_price`.
 * @throws AgencyError invalid-document, unsupported, too-large.
 */
export function parsePolicy(written: string): StoredPolicy {
  const problems = new Problems();
  const policy = document(readSource(written), problems);
  problems.throwIfAny();
  if (!policy) throw new Error('a document without problems is a policy');
  return policy;
}

const document: Reader<StoredPolicy> = mapping((fields, problems) => {
  const name = fields.required('policy', choice(policies)) ?? defaultSelecting.policy;
  const selecting = stated(name, fields, problems);
  const maxPrice = fields.optional('max_price', quantity('price'));
  return { selecting, ...(maxPrice !== undefined && { maxPrice }) };
});
