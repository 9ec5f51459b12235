import { defaultImage } from '../vocabulary/images.js';
import type { Constraint, NumberConstraint, TextConstraint } from './call.js';

const mark = '(the default)';

const image: TextConstraint = {
  type: 'text',
  text: `image = ${defaultImage} ${mark}`,
  attribute: 'image',
  anyOf: [defaultImage],
};
const noCommitment: NumberConstraint = {
  type: 'number',
  text: `commitment <= 0 ${mark}`,
  attribute: 'commitment',
  comparison: '<=',
  value: 0,
};

/**
 * The constraints of an item with those that hold unless it says otherwise: a machine always runs something, which the vendor must have; and nobody
 * is bound for a time that he has not agreed to.
 */
export function withImplied(stated: readonly Constraint[]): readonly Constraint[] {
  const said = new Set(stated.map((constraint) => ('attribute' in constraint ? constraint.attribute : constraint.type)));
  return [...stated, ...[image, noCommitment].filter(({ attribute }) => !said.has(attribute))];
}

/** Whether nobody wrote it. */
export const isImplied = ({ text }: NumberConstraint | TextConstraint): boolean => text.endsWith(mark);
