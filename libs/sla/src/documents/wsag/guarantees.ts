import type { Problems } from '../problems.js';
import { list, type MappingDraft, put, scalar } from './draft.js';
import { ownFields } from './own.js';
import { type Parts, partsOf } from './shape.js';
import { knownService, type Services } from './terms.js';
import type { ReadElement } from './element.js';
import { textOf } from './tree.js';
import { readWorth } from './worth.js';

export interface Around {
  readonly document: MappingDraft;
  readonly services: Services;
  readonly metrics: ReadonlyMap<string, string>;
}

/** A guarantee term as one of the document's guarantees. */
export function readGuarantee(term: ReadElement, { document, services, metrics }: Around, problems: Problems): void {
  const parts = partsOf(term, shape, problems);
  const obligated = parts.attribute('wsag:Obligated');
  if (obligated !== undefined && obligated !== 'ServiceProvider')
    problems.unsupported(term, 'guarantees are given by the provider only: write wsag:Obligated="ServiceProvider"');
  const service = scopeOf(parts, services, problems);
  const target = targetOf(parts, problems);
  if (!target) return;
  const { level, fields } = target;
  const kpi = textOf(target.name);
  put(fields, 'term', scalar(target.name.at, metrics.get(`${service ?? ''} ${kpi}`) ?? kpi), problems);
  if (service !== undefined) put(fields, 'of', scalar(term.at, service), problems);
  const bound = boundOf(level, fields, problems);
  if (bound) put(fields, bound.field, scalar(level.at, bound.value), problems);
  const during = parts.one('wsag:QualifyingCondition');
  if (during) qualify(during, fields, problems);
  const values = parts.one('wsag:BusinessValueList');
  if (values) readWorth(values, fields, problems);
  put(document, 'guarantees', list(term.at, [fields]), problems);
}

/** A schedule, or fields of a guarantee that say when it applies. */
function qualify(condition: ReadElement, fields: MappingDraft, problems: Problems): void {
  if (condition.children.length === 0) put(fields, 'during', scalar(condition.at, textOf(condition)), problems);
  else for (const [name, { value }] of ownFields(condition, problems).entries) put(fields, name, value, problems);
}

const shape = {
  children: ['wsag:ServiceScope*', 'wsag:QualifyingCondition?', 'wsag:ServiceLevelObjective', 'wsag:BusinessValueList'],
  attributes: ['wsag:Name', 'wsag:Obligated?'],
};

function scopeOf(parts: Parts, services: Services, problems: Problems): string | undefined {
  const [scope, ...more] = parts.all('wsag:ServiceScope');
  if (!scope || more.length > 0) {
    problems.add(parts.element, 'a guarantee is of exactly one service', 'write one wsag:ServiceScope wsag:ServiceName="…"');
    return undefined;
  }
  partsOf(scope, { children: [], attributes: ['wsag:ServiceName'] }, problems);
  return knownService(scope.attributes.get('wsag:ServiceName'), scope, services, problems);
}

interface Target {
  readonly name: ReadElement;
  readonly level: ReadElement;
  readonly fields: MappingDraft;
}

function targetOf(parts: Parts, problems: Problems): Target | undefined {
  const objective = parts.one('wsag:ServiceLevelObjective');
  if (!objective) return undefined;
  const found = partsOf(objective, { children: ['wsag:KPITarget?', 'wsag:CustomServiceLevel?'] }, problems);
  const target = found.one('wsag:KPITarget');
  if (!target) {
    problems.add(objective, 'it is not said what is guaranteed', 'write a wsag:KPITarget with its wsag:KPIName');
    return undefined;
  }
  if (found.one('wsag:CustomServiceLevel')) problems.add(objective, 'holds either wsag:KPITarget or wsag:CustomServiceLevel');
  const within = partsOf(target, { children: ['wsag:KPIName', 'wsag:CustomServiceLevel'] }, problems);
  const [name, level] = [within.one('wsag:KPIName'), within.one('wsag:CustomServiceLevel')];
  if (!name || !level) return undefined;
  if (level.children.length > 0) return { name, level, fields: ownFields(level, problems) };
  return { name, level, fields: { kind: 'mapping', at: level.at, entries: new Map() } };
}

/** `>= 99.9 %`, as the text of the level or of a cfp:expression beside the window. */
function boundOf(
  level: ReadElement,
  fields: MappingDraft,
  problems: Problems,
): { readonly field: string; readonly value: string } | undefined {
  const expression = fields.entries.get('expression')?.value;
  fields.entries.delete('expression');
  const written = expression
    ? expression.kind === 'scalar'
      ? expression.text
      : ''
    : level.children.length > 0
      ? undefined
      : textOf(level);
  if (written === undefined) return undefined;
  const [, sign, value] = /^\s*(>=|<=)\s*(\S.*)$/.exec(written) ?? [];
  if (sign !== undefined && value !== undefined) return { field: sign === '>=' ? 'at_least' : 'at_most', value: value.trim() };
  problems.add(
    level,
    `"${written.slice(0, 60)}" is not a level`,
    'e.g. <cfp:expression>&gt;= 99.9 %</cfp:expression><cfp:over>30 d</cfp:over>',
  );
  return undefined;
}
