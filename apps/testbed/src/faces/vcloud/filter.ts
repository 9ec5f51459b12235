import { badRequest } from './vcloud-error.js';

type Fields = Readonly<Record<string, string | number | boolean>>;
type Test = (fields: Fields) => boolean;

/**
 * A filter (1.5, "Query Parameters", after FIQL): comparisons `name==web*`, those that must all hold joined by `;`, those of which one must
 * by `,`, and parentheses around any of it. @throws VCloudError 400
 */
export function passes(filter: string | null): Test {
  if (filter === null || filter === '') return () => true;
  return either(filter);
}

function either(text: string): Test {
  const tests = split(text, ',').map(both);
  return (fields) => tests.some((test) => test(fields));
}

function both(text: string): Test {
  const tests = split(text, ';').map(one);
  return (fields) => tests.every((test) => test(fields));
}

function one(text: string): Test {
  if (text.startsWith('(') && text.endsWith(')')) return either(text.slice(1, -1));
  const [, name = '', operator, wanted = ''] = /^(\w+)(==|!=)(.*)$/.exec(text) ?? [];
  if (operator === undefined) throw badRequest(`The filter '${text}' is no comparison with == or !=.`);
  const pattern = new RegExp(`^${wanted.split('*').map(literal).join('.*')}$`);
  return (fields) => {
    const value = fields[name];
    if (value === undefined) throw badRequest(`There is no attribute '${name}' to filter by.`);
    return pattern.test(String(value)) === (operator === '==');
  };
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** At a separator that stands in no parentheses. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let [part, depth] = ['', 0];
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === separator && depth === 0) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  if (depth !== 0) throw badRequest(`The parentheses of the filter '${text}' do not match.`);
  return [...parts, part];
}
