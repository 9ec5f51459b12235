import { nearest } from '@cloud-agency/errors';
import { placeSetLevels } from '../../vocabulary/names.js';
import type { Call, Constraint } from '../call.js';
import type { Problems } from '../problems.js';
import { positionOf, type Source } from '../source.js';
import type { AgreementTemplate, Bound, Limit } from './template.js';

/** By their ids. */
export type AgreementTemplates = ReadonlyMap<string, AgreementTemplate>;

/** A call that names a template says each field that the template bounds, and within these bounds; what is not so is told to `problems`. */
export function checkTemplate(call: Call, source: Source, templates: AgreementTemplates, problems: Problems): void {
  if (call.template === undefined) return;
  const template = templates.get(call.template);
  if (template) for (const bound of template.bounds) check(call, source, { template, bound }, problems);
  else {
    const place = { path: 'template', at: positionOf(source, 'template') };
    const meant = nearest(call.template, [...templates.keys()]);
    const hint = meant ? `did you mean ${meant}?` : `the templates are ${[...templates.keys()].join(', ')}`;
    problems.add(place, `there is no template "${call.template}"`, hint);
  }
}

interface Checked {
  readonly template: AgreementTemplate;
  readonly bound: Bound;
}

function check(call: Call, source: Source, { template, bound }: Checked, problems: Problems): void {
  const { field, limits } = bound;
  const place = placeOf(bound, source);
  const wanted = `the template ${template.id} wants ${field} ${inWords(limits)}`;
  const said = valuesOf(call, bound);
  if (said.length === 0) problems.add(place, `"${field}" is missing: ${wanted}`);
  for (const value of said) if (!isWithin(value, limits)) problems.add(place, `${value} is outside: ${wanted}`);
}

function placeOf({ item, field }: Bound, source: Source): { readonly path: string; readonly at: Source['at'] } {
  const inRegion = placeSetLevels.some((level) => level === field);
  const within = field === 'count' ? [] : ['require', ...(inRegion ? ['region'] : [])];
  const steps = item === undefined ? ['budget', field] : ['resources', item, ...within, field];
  return { path: steps.join('.'), at: positionOf(source, ...steps) };
}

/** `>= 1 and <= 8`, or `= x64 or arm64`. */
function inWords(limits: readonly Limit[]): string {
  const allowed = limits.filter(({ sign }) => sign === '=').map(({ text }) => text.slice(2));
  const bounds = limits.filter(({ sign }) => sign !== '=').map(({ text }) => text);
  return [...bounds, ...(allowed.length > 0 ? [`= ${allowed.join(' or ')}`] : [])].join(' and ') || 'said';
}

function isWithin(value: number | string, limits: readonly Limit[]): boolean {
  const allowed = limits.filter(({ sign }) => sign === '=');
  if (allowed.length > 0 && allowed.every((limit) => limit.value !== value)) return false;
  return limits.every((limit) => keeps(value, limit));
}

function keeps(value: number | string, { sign, value: limit }: Limit): boolean {
  if (typeof value === 'string' || typeof limit === 'string') return true;
  switch (sign) {
    case '>=':
      return value >= limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '<':
      return value < limit;
    default:
      return true;
  }
}

/** Every value that a call says of a field, in its canonical unit. */
function valuesOf(call: Call, { item, field }: Bound): readonly (number | string)[] {
  const { needs, budget } = call.demand;
  if (item === undefined) return budget ? [budget.atMost] : [];
  const need = needs.find((candidate) => candidate.item === item);
  if (!need) return [];
  if (field === 'count') return [need.count];
  return need.require.flatMap((constraint) => valuesIn(constraint, field));
}

function valuesIn(constraint: Constraint, field: string): readonly (number | string)[] {
  if (constraint.type === 'place')
    return Object.entries(constraint.within).flatMap(([level, names]) => (level === field ? names : []));
  if (constraint.type === 'price') return field === 'max_price' ? [constraint.atMost] : [];
  if (constraint.attribute !== field) return [];
  if (constraint.type === 'number') return constraint.comparison === '!=' ? [] : [constraint.value];
  return constraint.anyOf ?? [];
}
