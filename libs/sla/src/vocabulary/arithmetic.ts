import { AgencyError, reasonOf } from '@cloud-agency/errors';
import jsep from 'jsep';

/** The value of an expression, from what its names stand for; NaN where one that it reads is unknown. */
export type Evaluate<Name extends string> = (value: (name: Name) => number) => number;

/** The name that is meant. @throws AgencyError `invalid-document` for one that there is not. */
export type NameOf<Name extends string> = (written: string) => Name;

const longest = 500;

/** The tree of an expression: no text is ever run as code. @throws AgencyError `invalid-document`. */
export function treeOf(written: string): jsep.Expression {
  if (written.length > longest) throw wrongExpression(`an expression has at most ${longest} characters`);
  try {
    return jsep(written);
  } catch (error) {
    throw wrongExpression(`"${written}" is not an expression: ${reasonOf(error)}`);
  }
}

/** Reads numbers, names, + - * / ** %, parentheses, and the functions min, max, abs, sqrt, log, exp. @throws AgencyError `invalid-document`. */
export function arithmetic<Name extends string>(node: jsep.Expression, nameOf: NameOf<Name>): Evaluate<Name> {
  switch (node.type) {
    case 'Literal':
      return literal(node as jsep.Literal);
    case 'Identifier':
      return named(nameOf((node as jsep.Identifier).name));
    case 'UnaryExpression':
      return unary(node as jsep.UnaryExpression, nameOf);
    case 'BinaryExpression':
      return binary(node as jsep.BinaryExpression, nameOf);
    case 'CallExpression':
      return call(node as jsep.CallExpression, nameOf);
    default:
      throw wrongExpression('an expression is made of numbers, names, + - * / ** %, parentheses and functions');
  }
}

function literal<Name extends string>({ value, raw }: jsep.Literal): Evaluate<Name> {
  if (typeof value !== 'number') throw wrongExpression(`${raw} is not a number`);
  return () => value;
}

const named =
  <Name extends string>(name: Name): Evaluate<Name> =>
  (value) =>
    value(name);

function unary<Name extends string>({ operator, argument }: jsep.UnaryExpression, nameOf: NameOf<Name>): Evaluate<Name> {
  const of = arithmetic(argument, nameOf);
  if (operator === '-') return (value) => -of(value);
  if (operator === '+') return of;
  throw wrongExpression(`${operator} is not an operator here: use + - * / ** %`);
}

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
};

function binary<Name extends string>({ operator, left, right }: jsep.BinaryExpression, nameOf: NameOf<Name>): Evaluate<Name> {
  const apply = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (!apply) throw wrongExpression(`${operator} is not an operator here: use ${Object.keys(operators).join(' ')}`);
  const [a, b] = [arithmetic(left, nameOf), arithmetic(right, nameOf)];
  return (value) => apply(a(value), b(value));
}

const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  abs: Math.abs,
  sqrt: Math.sqrt,
  log: Math.log,
  exp: Math.exp,
};

function call<Name extends string>({ callee, arguments: given }: jsep.CallExpression, nameOf: NameOf<Name>): Evaluate<Name> {
  const name = callee.type === 'Identifier' ? (callee as jsep.Identifier).name : '';
  const apply = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!apply || given.length === 0)
    throw wrongExpression(`${name}() is not a function here: use ${Object.keys(functions).join(', ')}`);
  const values = given.map((argument) => arithmetic(argument, nameOf));
  return (value) => apply(...values.map((each) => each(value)));
}

export function wrongExpression(message: string): AgencyError {
  return new AgencyError('invalid-document', { message });
}
