import { AgencyError, nearest } from '@cloud-agency/errors';
import jsep from 'jsep';
import { attributes } from './attributes.js';
import { type AttributeName, attributeNames } from './names.js';

/** What one machine is worth, from its attributes in their canonical units; NaN where one that it reads is unknown. */
export interface Expression {
  readonly reads: readonly AttributeName[];
  readonly valueOf: (attribute: (name: AttributeName) => number) => number;
}

type Evaluate = Expression['valueOf'];

const longest = 500;

/**
 * Reads an arithmetic expression over the vocabulary, such as `price / cores + 0.001 * carbon`: numbers, attribute names, + - * / ** %,
 * parentheses, and the functions min, max, abs, sqrt, log, exp. It is parsed to a tree and walked: no text is ever run as code.
 *
 * Throws AgencyError `invalid-document`.
 */
export function parseExpression(written: string): Expression {
  if (written.length > longest) throw wrong(`an expression has at most ${longest} characters`);
  const reads = new Set<AttributeName>();
  const valueOf = evaluated(tree(written), reads);
  if (reads.size === 0) throw wrong(`"${written}" reads no attribute, so it is the same for every offer`);
  return { reads: [...reads], valueOf };
}

function tree(written: string): jsep.Expression {
  try {
    return jsep(written);
  } catch (error) {
    throw wrong(`"${written}" is not an expression: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function evaluated(node: jsep.Expression, reads: Set<AttributeName>): Evaluate {
  switch (node.type) {
    case 'Literal':
      return literal(node as jsep.Literal);
    case 'Identifier':
      return attribute((node as jsep.Identifier).name, reads);
    case 'UnaryExpression':
      return unary(node as jsep.UnaryExpression, reads);
    case 'BinaryExpression':
      return binary(node as jsep.BinaryExpression, reads);
    case 'CallExpression':
      return call(node as jsep.CallExpression, reads);
    default:
      throw wrong('an expression is made of numbers, attributes, + - * / ** %, parentheses and functions');
  }
}

function literal({ value, raw }: jsep.Literal): Evaluate {
  if (typeof value !== 'number') throw wrong(`${raw} is not a number`);
  return () => value;
}

function attribute(name: string, reads: Set<AttributeName>): Evaluate {
  const found = attributeNames.find((known) => known === name);
  if (!found) {
    const meant = nearest(name, attributeNames);
    throw wrong(`${name} is not an attribute${meant ? `: did you mean ${meant}?` : `: known are ${attributeNames.join(', ')}`}`);
  }
  if (!attributes[found].offered) throw wrong(`offers do not carry ${found}: it is from a point`);
  reads.add(found);
  return (value) => value(found);
}

function unary({ operator, argument }: jsep.UnaryExpression, reads: Set<AttributeName>): Evaluate {
  const of = evaluated(argument, reads);
  if (operator === '-') return (value) => -of(value);
  if (operator === '+') return of;
  throw wrong(`${operator} is not an operator here: use + - * / ** %`);
}

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
};

function binary({ operator, left, right }: jsep.BinaryExpression, reads: Set<AttributeName>): Evaluate {
  const apply = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (!apply) throw wrong(`${operator} is not an operator here: use ${Object.keys(operators).join(' ')}`);
  const [a, b] = [evaluated(left, reads), evaluated(right, reads)];
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

function call({ callee, arguments: given }: jsep.CallExpression, reads: Set<AttributeName>): Evaluate {
  const name = callee.type === 'Identifier' ? (callee as jsep.Identifier).name : '';
  const apply = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!apply || given.length === 0) throw wrong(`${name}() is not a function here: use ${Object.keys(functions).join(', ')}`);
  const values = given.map((argument) => evaluated(argument, reads));
  return (value) => apply(...values.map((each) => each(value)));
}

function wrong(message: string): AgencyError {
  return new AgencyError('invalid-document', { message });
}
