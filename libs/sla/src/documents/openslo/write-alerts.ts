import { burnPairs } from '../../guarantees/burn.js';
import type { Guarantee, Subscription } from '../call.js';
import type { Reaction } from '../reaction.js';
import { isSpelt, lengthWritten, spelt } from './write-window.js';

/** What of a call says who is told of a risk. */
export interface Telling {
  readonly reactions: readonly Reaction[];
  readonly notify: readonly Subscription[];
}

export type Alert = Reaction & { readonly burnRate: number };

/** A rule that tells of a risk, or why OpenSLO has no form for it. */
export function alertIn(rule: Reaction, { notify }: Telling): Alert | string {
  const { burnRate } = rule;
  if (notify.length === 0) return 'there is no webhook to be told';
  if (burnRate === undefined) return 'OpenSLO has no alert without a burn rate';
  if (!burnPairs.some(({ factor }) => factor === burnRate)) return `no pair of windows is looked at for a rate of ${burnRate}`;
  if (rule.if !== undefined || rule.atMost || rule.coolDown !== undefined) return 'OpenSLO has no conditions or limits of alerts';
  return { ...rule, burnRate };
}

export const tellsOfRisk = ({ on, do: action }: Reaction): boolean => on === 'sla.at_risk' && action === 'notify';

export const isAbout = ({ of, term }: Reaction, guarantee: Guarantee): boolean =>
  (of === undefined || of === guarantee.of) && (term === undefined || term === guarantee.term);

/** The longer window of its pair; undefined where that is of parts of a minute. */
export function lookbackOf({ burnRate }: Alert, { over }: Guarantee): string | undefined {
  const pair = burnPairs.find(({ factor }) => factor === burnRate);
  const lookback = Math.round(lengthWritten(over) * (pair?.long ?? 1));
  return isSpelt(lookback) ? spelt(lookback) : undefined;
}

/** An AlertPolicy as it stands in an SLO; undefined where it cannot. */
export function policyOf(name: string, alert: Alert, guarantee: Guarantee, targets: readonly string[]): object | undefined {
  const { burnRate } = alert;
  const lookbackWindow = lookbackOf(alert, guarantee);
  if (lookbackWindow === undefined) return undefined;
  const condition = { kind: 'burnrate', op: 'gte', threshold: burnRate, lookbackWindow, alertAfter: '0m' };
  return {
    kind: 'AlertPolicy',
    metadata: { name },
    spec: {
      alertWhenBreaching: true,
      conditions: [
        { kind: 'AlertCondition', metadata: { name: `${name}-rate` }, spec: { severity: severityOf(burnRate), condition } },
      ],
      notificationTargets: targets.map((targetRef) => ({ targetRef })),
    },
  };
}

/** The Agency has none: as is usual, what spends a budget within days is for whoever is on call. */
const severityOf = (burnRate: number): string => (burnRate >= 6 ? 'page' : 'ticket');
