import { nearest } from '@cloud-agency/errors';
import { arithmetic, type Evaluate, treeOf, wrongExpression } from './arithmetic.js';
import { attributes } from './attributes.js';
import { type AttributeName, attributeNames } from './names.js';

/** What one machine is worth, from its attributes in their canonical units; NaN where one that it reads is unknown. */
export interface Expression {
  readonly reads: readonly AttributeName[];
  readonly valueOf: Evaluate<AttributeName>;
}

/**
 * Reads an arithmetic expression over the vocabulary, such as `price / cores + 0.001 * carbon`: numbers, attribute names, + - * / ** %,
 * parentheses, and the functions min, max, abs, sqrt, log, exp. It is parsed to a tree and walked: no text is ever run as code.
 *
 * Throws AgencyError `invalid-document`.
 */
export function parseExpression(written: string): Expression {
  const reads = new Set<AttributeName>();
  const valueOf = arithmetic(treeOf(written), (name) => {
    const found = attribute(name);
    reads.add(found);
    return found;
  });
  if (reads.size === 0) throw wrongExpression(`"${written}" reads no attribute, so it is the same for every offer`);
  return { reads: [...reads], valueOf };
}

function attribute(name: string): AttributeName {
  const found = attributeNames.find((known) => known === name);
  if (!found) {
    const meant = nearest(name, attributeNames);
    throw wrongExpression(
      `${name} is not an attribute${meant ? `: did you mean ${meant}?` : `: known are ${attributeNames.join(', ')}`}`,
    );
  }
  if (!attributes[found].offered) throw wrongExpression(`offers do not carry ${found}: it is from a point`);
  return found;
}
