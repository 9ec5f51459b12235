import type { Problems } from '../problems.js';
import { type MappingDraft, mapping, put } from './draft.js';
import { readGuarantee } from './guarantees.js';
import { ownFields } from './own.js';
import { partsOf } from './shape.js';
import type { ReadElement } from './element.js';

/** What constraints and guarantees can speak of: the fields that each service description term describes. */
export interface Services {
  readonly byTerm: ReadonlyMap<string, MappingDraft>;
  /** Resources alone. */
  readonly byName: ReadonlyMap<string, MappingDraft>;
}

/** Reads the terms into the document. */
export function readTerms(terms: ReadElement | undefined, document: MappingDraft, problems: Problems): Services {
  const services = { byTerm: new Map<string, MappingDraft>(), byName: new Map<string, MappingDraft>() };
  const all = terms && partsOf(terms, { children: ['wsag:All?'] }, problems).one('wsag:All');
  const found = all ? flat(all, problems) : [];
  const resources = mapping(terms?.at ?? document.at);
  put(document, 'resources', resources, problems);
  for (const term of found)
    if (term.name === 'wsag:ServiceDescriptionTerm') describe(term, { document, resources, services }, problems);
  const metrics = metricsOf(found, services, problems);
  for (const term of found)
    if (term.name === 'wsag:GuaranteeTerm') readGuarantee(term, { document, services, metrics }, problems);
  return services;
}

const composed = ['wsag:All', 'wsag:ExactlyOne', 'wsag:OneOrMore'];
const plain = ['wsag:ServiceDescriptionTerm', 'wsag:ServiceReference', 'wsag:ServiceProperties', 'wsag:GuaranteeTerm'];
const compositor = { children: [...composed, ...plain].map((name) => `${name}*`), anyOrder: true };

/** The terms without the composition around them; what leaves a choice is not made yet. */
function flat(element: ReadElement, problems: Problems): readonly ReadElement[] {
  const { children } = partsOf(element, compositor, problems).element;
  if (children.length === 0) problems.add(element, 'holds no term');
  return children.flatMap((term) => {
    if (term.name === 'wsag:All') return flat(term, problems);
    if (term.name === 'wsag:ExactlyOne' || term.name === 'wsag:OneOrMore')
      problems.unsupported(term, 'a choice between terms is not made yet: everything stands under wsag:All');
    if (term.name === 'wsag:ServiceReference')
      problems.unsupported(term, 'services that are elsewhere are not looked up: describe them in a wsag:ServiceDescriptionTerm');
    return [term];
  });
}

interface Described {
  readonly document: MappingDraft;
  readonly resources: MappingDraft;
  readonly services: { readonly byTerm: Map<string, MappingDraft>; readonly byName: Map<string, MappingDraft> };
}

function describe(term: ReadElement, { document, resources, services }: Described, problems: Problems): void {
  const attributes = ['wsag:Name', 'wsag:ServiceName'];
  const [described, ...more] = partsOf(term, { children: [], attributes, open: true }, problems).others;
  const [name, service] = attributes.map((attribute) => term.attributes.get(attribute) ?? '') as [string, string];
  if (!described || more.length > 0) problems.add(term, 'holds exactly one element: cfp:Resource or cfp:Price');
  else if (described.name !== 'cfp:Resource' && described.name !== 'cfp:Price')
    problems.add(described, `${described.name} is not known as a service`, 'known are cfp:Resource and cfp:Price');
  else if (services.byTerm.has(name)) problems.add(term, `there are two terms named "${name}"`);
  else if (described.name === 'cfp:Resource' && services.byName.has(service))
    problems.add(term, `the service "${service}" is described twice`);
  else {
    const fields = ownFields(described, problems);
    services.byTerm.set(name, fields);
    if (described.name === 'cfp:Price') put(document, 'budget', fields, problems);
    else {
      services.byName.set(service, fields);
      put(resources, service, fields, problems);
    }
  }
}

/** @returns the name, if there is such a service. */
export function knownService(
  name: string | undefined,
  place: ReadElement,
  { byName }: Services,
  problems: Problems,
): string | undefined {
  if (name === undefined || byName.has(name)) return name;
  problems.add(place, `there is no service "${name}"`, `the services are ${[...byName.keys()].join(', ')}`);
  return undefined;
}

/** What the variables of a service measure, by `service variable`. */
function metricsOf(terms: readonly ReadElement[], services: Services, problems: Problems): ReadonlyMap<string, string> {
  const metrics = new Map<string, string>();
  for (const term of terms.filter(({ name }) => name === 'wsag:ServiceProperties')) {
    const shape = { children: ['wsag:VariableSet'], attributes: ['wsag:Name', 'wsag:ServiceName'] };
    const set = partsOf(term, shape, problems).one('wsag:VariableSet');
    const service = knownService(term.attributes.get('wsag:ServiceName'), term, services, problems);
    if (!set || service === undefined) continue;
    for (const variable of partsOf(set, { children: ['wsag:Variable+'] }, problems).all('wsag:Variable')) {
      partsOf(variable, { children: ['wsag:Location'], attributes: ['wsag:Name?', 'wsag:Metric?'] }, problems);
      const [name, metric] = ['wsag:Name', 'wsag:Metric'].map((attribute) => variable.attributes.get(attribute));
      if (name !== undefined && metric !== undefined) metrics.set(`${service} ${name}`, metric);
    }
  }
  return metrics;
}
