import { stringify } from 'yaml';
import type { Guarantee } from '../call.js';
import { guaranteeFields } from '../guarantee-fields.js';
import { ownType } from './metric-of.js';
import { annotationOf, ownFields } from './own-fields.js';
import { openSloVersion } from './read-objects.js';
import { type Measures, measuresOf } from './write-measures.js';
import { timeWindow } from './write-window.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Guarantees as OpenSLO v1: a Service for each item, one DataSource, and an SLO for each guarantee. What OpenSLO has no field for stands in
 * annotations, so that what the Agency reads is the same guarantee; guarantees that it has no form for are named in comments.
 * @param name of the call or agreement that they are of: a lower-case name
 */
export function writeOpenSlo(name: string, guarantees: readonly Guarantee[]): string {
  const written = guarantees.map((guarantee, index) => ({ guarantee, index, measures: measuresOf(guarantee) }));
  const items = [...new Set(guarantees.map(({ of }) => of))];
  const objects = [
    object('DataSource', 'cloud-agency', { type: ownType, connectionDetails: {} }),
    ...items.map((item) => object('Service', item, { description: `The machines of ${item} of ${name}` })),
    ...written.flatMap(({ guarantee, index, measures }) =>
      typeof measures === 'string' ? [] : [slo(`${shortened(name)}-${index + 1}`, guarantee, measures)],
    ),
  ];
  const leftOut = written.flatMap(({ guarantee, index, measures }) =>
    typeof measures === 'string'
      ? [`# Left out: guarantee ${index + 1}, ${guarantee.term.replaceAll('_', ' ')} of ${guarantee.of}: ${measures}.\n`]
      : [],
  );
  return `${leftOut.join('')}${objects.map((one) => stringify(one, { version: '1.1' })).join('---\n')}`;
}

/** The end of a name is what a number is put to. */
const shortened = (name: string): string => name.slice(0, 56).replace(/[^a-z0-9]+$/, '');

const object = (kind: string, name: string, spec: Fields, more: Fields = {}): Fields => ({
  apiVersion: openSloVersion,
  kind,
  metadata: { name, ...more },
  spec,
});

function slo(name: string, guarantee: Guarantee, { sli, budgetingMethod, objective }: Measures): Fields {
  const annotations = annotationsOf(guarantee);
  return object(
    'SLO',
    name,
    {
      service: guarantee.of,
      indicator: { metadata: { name: `${name}-sli` }, spec: sli },
      timeWindow: [timeWindow(guarantee.over)],
      budgetingMethod,
      objectives: [objective],
    },
    Object.keys(annotations).length > 0 ? { annotations } : {},
  );
}

/** The rest of the guarantee, each field in YAML on one line. */
function annotationsOf(guarantee: Guarantee): Readonly<Record<string, string>> {
  const fields = guaranteeFields(guarantee);
  const said = ownFields.flatMap((field) => {
    const value = fields[field];
    const isUsual = value === undefined || field === 'of' || field === 'by' || (field === 'as' && value === 'each');
    return isUsual ? [] : [[annotationOf(field), typeof value === 'string' ? value : JSON.stringify(value)] as const];
  });
  return Object.fromEntries(said);
}
