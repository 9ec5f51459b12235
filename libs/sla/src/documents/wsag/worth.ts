import type { Problems } from '../problems.js';
import { type Draft, mapping, type MappingDraft, put, scalar } from './draft.js';
import type { ReadElement } from './element.js';
import { ownFields } from './own.js';
import { partsOf } from './shape.js';
import { textOf } from './tree.js';

const listShape = {
  children: ['Importance?', 'Penalty*', 'Reward*', 'Preference?', 'CustomBusinessValue*'].map((name) => `wsag:${name}`),
};
const valueShape = { children: ['wsag:AssessmentInterval', 'wsag:ValueUnit?', 'wsag:ValueExpression'] };

/** What a guarantee is worth, as the fields `importance`, `penalty` and `reward` of a guarantee in a call document. */
export function readWorth(element: ReadElement, fields: MappingDraft, problems: Problems): void {
  const values = partsOf(element, listShape, problems);
  const importance = values.one('wsag:Importance');
  if (importance) put(fields, 'importance', scalar(importance.at, textOf(importance)), problems);
  for (const name of ['penalty', 'reward'] as const) {
    const [first, ...more] = values.all(name === 'penalty' ? 'wsag:Penalty' : 'wsag:Reward');
    if (first) put(fields, name, businessValue(first, problems), problems);
    for (const further of more) problems.unsupported(further, `a guarantee has one ${name} only, for now`);
  }
  for (const further of ['wsag:Preference', 'wsag:CustomBusinessValue'].flatMap((name) => values.all(name)))
    problems.unsupported(further, `${further.name} is not weighed yet: leave it out`);
}

/** `{ credit: 10 %, of: charge, per: month }` or `{ amount: 5 USD, per: violation }`, with the `cap` that may stand beside the expression. */
function businessValue(element: ReadElement, problems: Problems): Draft {
  const parts = partsOf(element, valueShape, problems);
  const value = mapping(element.at);
  const expression = parts.one('wsag:ValueExpression');
  if (expression) readExpression(expression, parts.one('wsag:ValueUnit'), value, problems);
  const per = periodOf(parts.one('wsag:AssessmentInterval'), problems);
  if (per) put(value, 'per', per, problems);
  return value;
}

function readExpression(element: ReadElement, unit: ReadElement | undefined, value: MappingDraft, problems: Problems): void {
  const { text, further } = expressionOf(element, problems);
  const of = unit ? textOf(unit) : unitIn(text);
  if (of === 'charge') {
    put(value, 'credit', scalar(element.at, text), problems);
    put(value, 'of', scalar(element.at, of), problems);
  } else if (of === 'USD') put(value, 'amount', scalar(element.at, unitIn(text) === 'USD' ? text : `${text} USD`), problems);
  else problems.add(unit ?? element, `it is not said of what "${text.slice(0, 40)}" is`, 'the wsag:ValueUnit is charge, or USD');
  for (const [name, entry] of further.entries) put(value, name, entry.value, problems);
}

interface Expression {
  readonly text: string;
  /** What stands beside a cfp:expression. */
  readonly further: MappingDraft;
}

function expressionOf(element: ReadElement, problems: Problems): Expression {
  if (element.children.length === 0) return { text: textOf(element), further: mapping(element.at) };
  const further = ownFields(element, problems);
  const said = further.entries.get('expression')?.value;
  further.entries.delete('expression');
  return { text: said?.kind === 'scalar' ? said.text : '', further };
}

/** Without a ValueUnit the expression says it. */
function unitIn(text: string): string | undefined {
  if (text.endsWith('%')) return 'charge';
  return /\sUSD$/.test(text) ? 'USD' : undefined;
}

/** Each violation is one, and a month is one; nothing else is assessed. */
function periodOf(element: ReadElement | undefined, problems: Problems): Draft | undefined {
  if (!element) return undefined;
  const parts = partsOf(element, { children: ['wsag:TimeInterval?', 'wsag:Count?'] }, problems);
  const [interval, count] = [parts.one('wsag:TimeInterval'), parts.one('wsag:Count')];
  const said = interval ?? count;
  if (!said || (interval && count)) problems.add(element, 'holds either wsag:TimeInterval or wsag:Count');
  else if (textOf(said) === (interval ? 'P1M' : '1')) return scalar(said.at, interval ? 'month' : 'violation');
  else
    problems.unsupported(said, 'what a guarantee is worth is assessed for each violation (Count 1) or month (TimeInterval P1M)');
  return undefined;
}
