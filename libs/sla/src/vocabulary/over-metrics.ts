/** Arithmetic and conditions over metrics, by their names. */
import { arithmetic, type Evaluate, treeOf, wrongExpression } from './arithmetic.js';
import { type Condition, conditionWith } from './condition.js';

/** `errors / requests`, and which metrics it reads, in the order of their first mention. @throws AgencyError `invalid-document`. */
export function metricExpression(written: string): { readonly reads: readonly string[]; readonly valueOf: Evaluate<string> } {
  const reads = new Set<string>();
  const valueOf = arithmetic(treeOf(written), collecting(reads));
  if (reads.size === 0) throw wrongExpression(`"${written}" reads no metric, so it always comes to the same`);
  return { reads: [...reads], valueOf };
}

/** `cpu_utilisation < 0.8`, and which metrics it reads. @throws AgencyError `invalid-document`. */
export function metricCondition(written: string): { readonly reads: readonly string[]; readonly holds: Condition } {
  const reads = new Set<string>();
  const holds = conditionWith(written, collecting(reads));
  if (reads.size === 0) throw wrongExpression(`"${written}" reads no metric, so it always says the same`);
  return { reads: [...reads], holds };
}

/** Any name may be an application's own metric. */
const collecting =
  (reads: Set<string>) =>
  (name: string): string => {
    reads.add(name);
    return name;
  };
