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
const onDemand: TextConstraint = {
  type: 'text',
  text: `market = on-demand ${mark}`,
  attribute: 'market',
  anyOf: ['on-demand'],
};

/**
 * The constraints of an item with those that hold unless it says otherwise: a machine always runs something, which the vendor must have; nobody
 * is bound for a time that he has not agreed to, nor gets a machine that its vendor may take back at any moment. What `onDemandAtLeast` says
 * of markets is said in another place.
 */
export function withImplied(
  stated: readonly Constraint[],
  { onDemandAtLeast }: { readonly onDemandAtLeast?: unknown } = {},
): readonly Constraint[] {
  const said = new Set(stated.map((constraint) => ('attribute' in constraint ? constraint.attribute : constraint.type)));
  if (onDemandAtLeast !== undefined) said.add('market');
  return [...stated, ...[image, noCommitment, onDemand].filter(({ attribute }) => !said.has(attribute))];
}

/** Whether nobody wrote it. */
export const isImplied = ({ text }: NumberConstraint | TextConstraint): boolean => text.endsWith(mark);
