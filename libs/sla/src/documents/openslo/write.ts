import { stringify } from 'yaml';
import type { Guarantee } from '../call.js';
import { guaranteeFields } from '../guarantee-fields.js';
import { ownType } from './metric-of.js';
import { annotationOf, ownFields } from './own-fields.js';
import { openSloVersion } from './read-objects.js';
import { type Alert, alertIn, isAbout, lookbackOf, policyOf, type Telling, tellsOfRisk } from './write-alerts.js';
import { type Measures, measuresOf } from './write-measures.js';
import { timeWindow } from './write-window.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Guarantees as OpenSLO v1: a Service for each item, one DataSource, an SLO for each guarantee, and alert policies for the rules that tell of risks. What
 * OpenSLO has no field for stands in annotations, so that what the Agency reads is the same; what it has no form for is named in comments.
 * @param name of the call or agreement that they are of: a lower-case name
 */
export function writeOpenSlo(
  name: string,
  guarantees: readonly Guarantee[],
  telling: Telling = { reactions: [], notify: [] },
): string {
  const written = guarantees.map((guarantee, index) => ({ guarantee, index, measures: measuresOf(guarantee) }));
  const rules = telling.reactions.flatMap((rule, index) => (tellsOfRisk(rule) ? [{ index, alert: alertIn(rule, telling) }] : []));
  const alerts = rules.flatMap(({ alert }) => (typeof alert === 'string' ? [] : [alert]));
  const targets = alerts.length > 0 ? targetsOf(name, telling) : [];
  const items = [...new Set(guarantees.map(({ of }) => of))];
  const objects = [
    object('DataSource', 'cloud-agency', { type: ownType, connectionDetails: {} }),
    ...items.map((item) => object('Service', item, { description: `The machines of ${item} of ${name}` })),
    ...targets.map(({ name: target, url }) => object('AlertNotificationTarget', target, { target: url })),
    ...written.flatMap(({ guarantee, index, measures }) => {
      if (typeof measures === 'string') return [];
      const slo = `${shortened(name)}-${index + 1}`;
      return [sloOf(slo, guarantee, measures, policiesOf(slo, guarantee, alerts, targets))];
    }),
  ];
  const leftOut = [
    ...written.flatMap(({ guarantee, index, measures }) =>
      reasons(measures, guarantee, alerts).map(
        (why) => `guarantee ${index + 1}, ${guarantee.term.replaceAll('_', ' ')} of ${guarantee.of}: ${why}`,
      ),
    ),
    ...rules.flatMap(({ index, alert }) => (typeof alert === 'string' ? [`rule ${index + 1}, on sla.at_risk: ${alert}`] : [])),
  ];
  const comments = leftOut.map((what) => `# Left out: ${what}.\n`).join('');
  return `${comments}${objects.map((one) => stringify(one, { version: '1.1' })).join('---\n')}`;
}

/** Why a guarantee, or what is told of it, is not written. */
function reasons(measures: Measures | string, guarantee: Guarantee, alerts: readonly Alert[]): readonly string[] {
  if (typeof measures === 'string') return [measures];
  return alerts.some((alert) => isAbout(alert, guarantee) && lookbackOf(alert, guarantee) === undefined)
    ? ['its alerts look back over parts of a minute, for which OpenSLO has no word']
    : [];
}

interface Target {
  readonly name: string;
  readonly url: string;
}

/** A rule tells every webhook of its call. */
const targetsOf = (name: string, { notify }: Telling): readonly Target[] =>
  [...new Set(notify.map(({ url }) => url))].map((url, index) => ({ name: `${shortened(name)}-told-${index + 1}`, url }));

const policiesOf = (slo: string, guarantee: Guarantee, alerts: readonly Alert[], targets: readonly Target[]): readonly object[] =>
  alerts
    .filter((alert) => isAbout(alert, guarantee))
    .flatMap(
      (alert, index) =>
        policyOf(
          `${slo}-alert-${index + 1}`,
          alert,
          guarantee,
          targets.map(({ name }) => name),
        ) ?? [],
    );

/** The end of a name is what a number is put to. */
const shortened = (name: string): string => name.slice(0, 40).replace(/[^a-z0-9]+$/, '');

const object = (kind: string, name: string, spec: Fields, more: Fields = {}): Fields => ({
  apiVersion: openSloVersion,
  kind,
  metadata: { name, ...more },
  spec,
});

function sloOf(
  name: string,
  guarantee: Guarantee,
  { sli, budgetingMethod, objective }: Measures,
  policies: readonly object[],
): Fields {
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
      ...(policies.length > 0 && { alertPolicies: policies }),
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
