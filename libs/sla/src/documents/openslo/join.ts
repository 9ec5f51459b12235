import type { Problems } from '../problems.js';
import { type Mapping, plainValue, type Source } from '../source.js';
import { appended } from './fields-of-call.js';
import type { OpenSloObjects, Placed, Slo } from './objects.js';
import { readOwnFields } from './own-fields.js';
import { readObjects } from './read-objects.js';
import { checkBound } from './slo.js';
import { guaranteeFor } from './to-guarantee.js';
import { alertsOf, found, type Told } from './to-reactions.js';
import { overOf } from './windows.js';

/**
 * A call document with what OpenSLO documents beside it say: objectives as guarantees, alert policies as rules and webhooks (docs/openslo.md). What is wrong
 * with them, and what cannot be carried out, is told to `problems` where it stands.
 */
export function withObjectives(call: Source, documents: readonly Source[], problems: Problems): Source {
  const { guarantees, reactions, notify } = promisesIn(documents, problems);
  return appended(appended(appended(call, 'guarantees', guarantees), 'reactions', reactions), 'notify', notify);
}

type Promises = Omit<Told, 'targets'> & { readonly guarantees: readonly Mapping[] };

/** What they come to, as fields of a call. */
export function promisesIn(documents: readonly Source[], problems: Problems): Promises {
  const objects = readObjects(documents, problems);
  const all = objects.slos.map((slo) => promisesOf(slo, objects, problems));
  checkTargets(all, problems);
  return {
    guarantees: all.flatMap(({ guarantees }) => guarantees),
    reactions: once(all.flatMap(({ reactions }) => reactions)),
    notify: once(all.flatMap(({ notify }) => notify)),
  };
}

/** Two policies that say the same of two objectives are one rule. */
const once = (all: readonly Mapping[]): readonly Mapping[] => [
  ...new Map(all.map((one) => [JSON.stringify(plainValue(one)), one])).values(),
];

/** A rule tells all webhooks of a call. */
function checkTargets(all: readonly Told[], problems: Problems): void {
  const policies = all.flatMap(({ targets }) => targets);
  const urls = (targets: readonly Placed<string>[]): string => [...new Set(targets.map(({ value }) => value))].sort().join(' ');
  const [first] = policies;
  const other = first && policies.find((targets) => urls(targets) !== urls(first));
  if (other?.[0])
    problems.unsupported(
      other[0].place,
      'other targets than those of another policy: an alert is told to all targets of a call. Name the same ones in every policy',
    );
}

function promisesOf(slo: Slo, objects: OpenSloObjects, problems: Problems): Told & { readonly guarantees: readonly Mapping[] } {
  const own = readOwnFields(slo.metadata, problems);
  const window = overOf(slo.window, problems);
  checkWeights(slo, problems);
  const guarantees = slo.objectives.flatMap((objective) => {
    const named = objective.indicator ?? slo.indicator;
    const sli = named && found(named, objects.slis, 'SLI', problems);
    if (!sli || !window) return [];
    if ('ref' in named) checkBound(objective, sli, problems);
    return guaranteeFor({ slo, objective, window, own }, sli, objects, problems) ?? [];
  });
  return { guarantees, ...alertsOf(slo, guarantees, objects, problems) };
}

/** Each part of a composite is promised by itself; none can count for more than another. */
function checkWeights({ objectives }: Slo, problems: Problems): void {
  const first = objectives[0]?.compositeWeight?.value ?? 1;
  const other = objectives.find(({ compositeWeight }) => (compositeWeight?.value ?? 1) !== first);
  if (other)
    problems.unsupported(
      other.compositeWeight?.place ?? other.place,
      'the parts of a composite cannot weigh differently: each becomes a guarantee of its own. How much one matters is its importance',
    );
}
