import { nearest } from '@cloud-agency/errors';
import type jsep from 'jsep';
import { arithmetic, type NameOf, treeOf, wrongExpression } from './arithmetic.js';

/** Whether something holds of some values. A value that is unknown is NaN, of which no comparison holds, and nor does what is made of it. */
export type Condition = (value: (name: string) => number) => boolean;

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a < b || a > b,
};

/**
 * Reads a condition over named values, such as `measured > 1.5 * wanted && machines < 6`: comparisons of arithmetic expressions, joined by
 * && and ||, with ! and parentheses.
 *
 * Throws AgencyError `invalid-document`.
 */
export function parseCondition(written: string, names: readonly string[]): Condition {
  let reads = 0;
  const nameOf = (name: string): string => {
    reads += 1;
    return known(name, names);
  };
  const condition = conditionWith(written, nameOf);
  if (reads === 0) throw wrongExpression(`"${written}" reads nothing of the event, so it always says the same`);
  return condition;
}

/** As `parseCondition`, over whatever names `nameOf` lets pass. */
export const conditionWith = (written: string, nameOf: NameOf<string>): Condition => conditionOf(treeOf(written), nameOf);

function conditionOf(node: jsep.Expression, nameOf: NameOf<string>): Condition {
  if (node.type === 'BinaryExpression') return joined(node as jsep.BinaryExpression, nameOf);
  if (node.type === 'UnaryExpression' && (node as jsep.UnaryExpression).operator === '!') {
    const of = conditionOf((node as jsep.UnaryExpression).argument, nameOf);
    return (value) => !of(value);
  }
  throw wrongExpression('a condition compares, e.g. measured > 1.5 * wanted');
}

function joined({ operator, left, right }: jsep.BinaryExpression, nameOf: NameOf<string>): Condition {
  if (operator === '&&' || operator === '||') {
    const [a, b] = [conditionOf(left, nameOf), conditionOf(right, nameOf)];
    return operator === '&&' ? (value) => a(value) && b(value) : (value) => a(value) || b(value);
  }
  const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (!compare) throw wrongExpression(`a condition compares (${Object.keys(comparisons).join(' ')}); ${operator} does not`);
  const [a, b] = [arithmetic(left, nameOf), arithmetic(right, nameOf)];
  return (value) => compare(a(value), b(value));
}

function known(name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  const meant = nearest(name, names);
  throw wrongExpression(
    `${name} is not known of this event${meant ? `: did you mean ${meant}?` : `: known are ${names.join(', ')}`}`,
  );
}
