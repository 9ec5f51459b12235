import { burnPairs } from '../../guarantees/burn.js';
import type { Problems } from '../problems.js';
import type { Mapping, Source } from '../source.js';
import { fieldsOf, listed, said } from './fields-of-call.js';
import type { AlertCondition, AlertPolicy, AlertTarget, Named, OpenSloObjects, Placed, Slo } from './objects.js';
import { milliseconds, words } from './windows.js';

/** Rules and subscriptions of a call. */
export interface Told {
  readonly reactions: readonly Mapping[];
  readonly notify: readonly Mapping[];
  /** Of each policy. */
  readonly targets: readonly (readonly Placed<string>[])[];
}

/** What the alert policies of an SLO come to: who is told when the budget of one of its guarantees burns so fast. */
export function alertsOf(slo: Slo, guarantees: readonly Mapping[], objects: OpenSloObjects, problems: Problems): Told {
  const all = slo.policies.flatMap((named) => {
    const policy = found(named, objects.policies, 'AlertPolicy', problems);
    return policy ? [alertOf(policy, slo, guarantees, objects, problems)] : [];
  });
  return {
    reactions: all.flatMap(({ reactions }) => reactions),
    notify: all.flatMap(({ notify }) => notify),
    targets: all.flatMap(({ targets }) => targets),
  };
}

function alertOf(
  policy: AlertPolicy,
  slo: Slo,
  guarantees: readonly Mapping[],
  objects: OpenSloObjects,
  problems: Problems,
): Told {
  checkWhen(policy, problems);
  const condition = found(policy.condition, objects.conditions, 'AlertCondition', problems);
  const targets = policy.targets.flatMap((named) => found(named, objects.targets, 'AlertNotificationTarget', problems) ?? []);
  if (!condition || !checkBurn(condition, slo, problems)) return { reactions: [], notify: [], targets: [] };
  const { threshold } = condition;
  return {
    reactions: guarantees.map((guarantee) =>
      fieldsOf(threshold.place, {
        on: said(threshold.place, 'sla.at_risk'),
        of: fieldIn(guarantee, 'of'),
        term: fieldIn(guarantee, 'term'),
        burn_rate: said(threshold.place, threshold.value),
        do: said(threshold.place, 'notify'),
      }),
    ),
    notify: targets.flatMap((target) => subscriptionOf(target, problems)),
    targets: [targets.map(({ target }) => target)],
  };
}

function checkWhen({ whenNoData, whenResolved, whenBreaching, place }: AlertPolicy, problems: Problems): void {
  if (whenNoData?.value)
    problems.unsupported(
      whenNoData.place,
      'nobody is told that there is no data: what missing data mean is a guarantee’s own, cloud-agency.dev/missing',
    );
  if (whenResolved?.value) problems.unsupported(whenResolved.place, 'nobody is told that a risk is over');
  if (whenBreaching?.value !== true)
    problems.unsupported(
      whenBreaching?.place ?? place,
      'an alert is told when its condition is met: write alertWhenBreaching: true',
    );
}

/** Rates are looked at over pairs of windows that belong to the window of the guarantee: another look back cannot be had. */
function checkBurn({ op, threshold, lookback, after }: AlertCondition, { window }: Slo, problems: Problems): boolean {
  if (op.value !== 'gte') {
    problems.unsupported(op.place, 'a burn rate is a risk from the threshold on: write op: gte');
    return false;
  }
  if (after && after.value.count > 0) problems.unsupported(after.place, 'an alert is told at once: leave alertAfter out');
  const length = milliseconds(window.duration);
  const pairs = burnPairs.map(({ factor, long }) => ({ factor, lookback: Math.round(length * long) }));
  const isKnown = pairs.some((pair) => pair.factor === threshold.value && pair.lookback === milliseconds(lookback.value));
  if (!isKnown)
    problems.unsupported(
      threshold.place,
      `a burn rate of ${threshold.value} over ${words(lookback.value)}. Of a window of ${words(window.duration)} there are ${pairs
        .map((pair) => `${pair.factor} over ${inMinutes(pair.lookback)}`)
        .join(', ')}`,
    );
  return isKnown;
}

const inMinutes = (ms: number): string => (ms % 3_600_000 === 0 ? `${ms / 3_600_000}h` : `${Number((ms / 60_000).toFixed(2))}m`);

/** It asks for no events of its own: the rule has it told of what its policy is about, and of nothing else. */
function subscriptionOf({ target }: AlertTarget, problems: Problems): readonly Mapping[] {
  if (/^https?:\/\//.test(target.value))
    return [
      fieldsOf(target.place, {
        url: said(target.place, target.value),
        events: listed(target.place, []),
      }),
    ];
  problems.unsupported(
    target.place,
    `"${target.value.slice(0, 60)}" is not reached by the Agency: a target is an http or https URL, which gets webhooks`,
  );
  return [];
}

const fieldIn = ({ entries }: Mapping, name: string): Source | undefined => entries.find((entry) => entry.name === name)?.value;

/** An object, wherever it stands in the file. */
export function found<T>(named: Named<T>, known: ReadonlyMap<string, T>, kind: string, problems: Problems): T | undefined {
  if ('object' in named) return named.object;
  const { value, place } = named.ref;
  const object = known.get(value);
  if (!object)
    problems.add(
      place,
      `there is no ${kind} "${value}" in this file`,
      known.size > 0 ? `there are ${[...known.keys()].join(', ')}` : 'there is none',
    );
  return object;
}
