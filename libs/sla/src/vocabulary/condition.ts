import { nearest } from '@cloud-agency/errors';
import type jsep from 'jsep';
import { arithmetic, type NameOf, treeOf, wrongExpression } from './arithmetic.js';

/**
 * Whether something holds of some values. A value that is unknown is NaN: a comparison of it cannot be told, and nor can its contrary. What cannot be told
 * does not hold; `||` needs one side that does, whatever the other.
 */
export type Condition = (value: (name: string) => number) => boolean;

/** As a condition, before what cannot be told (undefined) is taken for no. */
type Told = (value: (name: string) => number) => boolean | undefined;

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
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
export function conditionWith(written: string, nameOf: NameOf<string>): Condition {
  const told = conditionOf(treeOf(written), nameOf);
  return (value) => told(value) === true;
}

function conditionOf(node: jsep.Expression, nameOf: NameOf<string>): Told {
  if (node.type === 'BinaryExpression') return joined(node as jsep.BinaryExpression, nameOf);
  if (node.type === 'UnaryExpression' && (node as jsep.UnaryExpression).operator === '!') {
    const of = conditionOf((node as jsep.UnaryExpression).argument, nameOf);
    return (value) => not(of(value));
  }
  throw wrongExpression('a condition compares, e.g. measured > 1.5 * wanted');
}

function joined({ operator, left, right }: jsep.BinaryExpression, nameOf: NameOf<string>): Told {
  if (operator === '&&' || operator === '||') {
    const [a, b] = [conditionOf(left, nameOf), conditionOf(right, nameOf)];
    const decides = operator === '||';
    return (value) => either(a(value), b(value), decides);
  }
  const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (!compare) throw wrongExpression(`a condition compares (${Object.keys(comparisons).join(' ')}); ${operator} does not`);
  const [a, b] = [arithmetic(left, nameOf), arithmetic(right, nameOf)];
  return (value) => {
    const [one, other] = [a(value), b(value)];
    return Number.isNaN(one) || Number.isNaN(other) ? undefined : compare(one, other);
  };
}

const not = (told: boolean | undefined): boolean | undefined => (told === undefined ? undefined : !told);

/** One side that says `decides` is enough, whatever the other; else both have to be known. */
function either(a: boolean | undefined, b: boolean | undefined, decides: boolean): boolean | undefined {
  if (a === decides || b === decides) return decides;
  return a === undefined || b === undefined ? undefined : !decides;
}

function known(name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  const meant = nearest(name, names);
  throw wrongExpression(
    `${name} is not known of this event${meant ? `: did you mean ${meant}?` : `: known are ${names.join(', ')}`}`,
  );
}
