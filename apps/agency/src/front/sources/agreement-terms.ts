import type { Assessment } from '@cloud-agency/bus';
import type { JsonValue } from '@cloud-agency/occi';
import type { TermState } from '../../store/tables.js';

/** A term with what the monitor says of it: in its unit, null where nothing was measured; and how much of the allowance is spent. */
export interface MeasuredTerm extends TermState {
  readonly measured: number | null;
  readonly spent: number | null;
  /** Why it will be violated soon if nothing changes; null: nothing says so. */
  readonly risk: Assessment['terms'][number]['risk'] | null;
}

/** Where a term keeps what was promised (libs/occi, the SLA extension), and which of several promises is the stricter. */
const promises: Readonly<
  Record<string, { readonly attribute: string; readonly strictest: (wanted: readonly number[]) => number }>
> = {
  availability: { attribute: 'availability.uptime', strictest: (wanted) => Math.max(...wanted) },
  response_time: { attribute: 'response_time.limit', strictest: (wanted) => Math.min(...wanted) },
};

/** The terms of an agreement as its mixins show them (OCCI.md 1.4): one of each name, as well kept as the worst of its machines. */
export function termAttributes(terms: readonly TermState[]): Readonly<Record<string, JsonValue>> {
  const names = [...new Set(terms.map(({ term }) => term))];
  return Object.assign(
    {},
    ...names.map((name) =>
      attributesOf(
        name,
        terms.filter(({ term }) => term === name),
      ),
    ),
  ) as Record<string, JsonValue>;
}

function attributesOf(name: string, terms: readonly TermState[]): Record<string, JsonValue> {
  const promise = promises[name];
  const remedies = [...new Set(terms.flatMap(({ remedy }) => remedy ?? []))];
  return {
    [`${name}.term.type`]: 'SLO-TERM',
    [`${name}.term.state`]: worst(terms),
    [`${name}.term.desc`]: [...new Set(terms.map(sentence))].join('; '),
    ...(remedies.length > 0 ? { [`${name}.term.remedy`]: remedies.join('; ') } : {}),
    ...(promise ? { [promise.attribute]: promise.strictest(terms.map(({ wanted }) => wanted)) } : {}),
  };
}

const sentence = ({ term, of, wanted, unit, resource }: TermState): string =>
  `${term.replaceAll('_', ' ')} of ${resource === null ? `${of} together` : `each ${of}`}: ${unit === '%' ? 'at least' : 'at most'} ${wanted} ${unit}`;

function worst(terms: readonly TermState[]): string {
  const states = terms.map(({ state }) => state);
  return (['violated', 'undefined', 'fulfilled'] as const).find((state) => states.includes(state)) ?? 'undefined';
}
