/** Rules by which the Agency acts on its own (CFP.md 1): what sets one off, what it does, and how often at most. docs/reactions.md has every field. */
import type { Risk } from '../guarantees/verdict.js';
import type { GuaranteeTerm } from './call.js';

export type Reaction = Rule & Action;

/** What sets a rule off, and how often at most. */
export interface Rule {
  /** The event that sets it off (CFP.md 6). */
  readonly on: string;
  readonly of?: string;
  readonly term?: GuaranteeTerm;
  /** Only where this holds of the event, as the client wrote it, e.g. `measured > 1.5 * wanted`. */
  readonly if?: string;
  /** For resource.overused and resource.underused: when a machine is that. */
  readonly use?: UseBound;
  /** For sla.at_risk: only when that is why. */
  readonly risk?: Risk['by'];
  /** For sla.at_risk: only when the budget of the guarantee is spent at least so many times as fast as its window allows. */
  readonly burnRate?: number;
  /** The least share of the cost that must be saved (0.2 = 20 %). */
  readonly leastGain?: number;
  /** For market.cheaper: how often the market is asked, ms. */
  readonly every?: number;
  /** No more than `times` in any `per` ms, over all that the rule is about. */
  readonly atMost?: { readonly times: number; readonly per: number };
  /** How long it leaves a machine, or an item, alone after it has acted on it, ms. */
  readonly coolDown?: number;
}

/** A share of what a machine has, 0..1, that its use stays beyond `bound` for so long, ms. It is over once the use has come back to `until`. */
export interface UseBound {
  readonly metric: 'cpu';
  readonly side: 'above' | 'below';
  readonly bound: number;
  readonly until: number;
  readonly for: number;
}

/**
 * Whether the new machine runs before the old one goes (CFP.md 5). required: always. preferred: unless a quota alone forbids that and the old one
 * is down. none: the old one goes first.
 */
export type Overlap = 'required' | 'preferred' | 'none';

type Action =
  | { readonly do: 'notify' | 'terminate' }
  | { readonly do: 'replace' | 'migrate'; readonly overlap?: Overlap }
  | ScaleByMachines
  | ScaleBySize
  | { readonly do: 'renegotiate'; readonly accept: 'manual' | 'best' };

/** `by` machines more, never beyond `bound`, or fewer, never below it. */
export interface ScaleByMachines {
  readonly do: 'scale';
  readonly by: number;
  readonly bound: number;
}

/** The next larger or smaller size that meets what the item requires. */
export interface ScaleBySize {
  readonly do: 'scale';
  readonly size: 'larger' | 'smaller';
}

/** Whether a rule that says `notify` has every event of its kind told, whatever else: neither condition nor limit. */
export const tellsAlways = ({ if: condition, risk, burnRate, atMost, coolDown, use }: Rule): boolean =>
  [condition, risk, burnRate, atMost, coolDown, use].every((limit) => limit === undefined);
