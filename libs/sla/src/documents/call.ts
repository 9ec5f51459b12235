/**
 * A Call for Proposals after parsing: every quantity a plain number in its canonical unit, every default filled in. This is the form that
 * all agents work on; the document as the client wrote it is kept beside it. Source: CFP.md 1.
 */
import {
  type AttributeName,
  attributeNames,
  type Market,
  type PlaceLevel,
  type PlaceSet,
  type TextAttribute,
} from '../vocabulary/names.js';
import type { Guarantee } from './guarantee.js';
import type { Probe } from './probes/probe.js';
import type { Observed } from '../selection/observed.js';
import type { Reaction } from './reaction.js';

export * from './guarantee.js';

export interface Call {
  readonly name: string;
  readonly demand: Demand;
  /** What a machine of each item is created with; known to the client and, after acceptance, to the winning vendor only. */
  readonly deployments: Readonly<Record<string, Deployment>>;
  readonly negotiate: Negotiate;
  readonly probes: readonly Probe[];
  /** What is read of the machines' own figures; absent: nothing. */
  readonly scrape?: readonly Scrape[];
  readonly guarantees: readonly Guarantee[];
  /** What holds instead of some of the guarantees for a time, after they were broken too often. */
  readonly fallback?: ServiceLevel;
  readonly reactions: readonly Reaction[];
  readonly notify: readonly Subscription[];
  readonly subscription?: string;
  /** Name of the agreement template that it was made from and keeps within. */
  readonly template?: string;
}

/** What is asked of the vendors: the part of a call that travels on the bus to every vendor agent. */
export interface Demand {
  readonly needs: readonly Need[];
  readonly budget?: { readonly atMost: number };
  readonly policy: Policy;
  /** In the order of their importance for the policy lexicographic. */
  readonly objectives: readonly Objective[];
  /** For the policy pareto: the whole front (the default), or its knee alone. */
  readonly front?: 'whole' | 'knee';
  /** How many ranked proposals the client wants. */
  readonly proposals: number;
  /** Vendor accounts that alone may answer; absent: all. Storage that a machine is to be attached to decides that. */
  readonly accounts?: readonly string[];
  /** What flows between items; its egress is part of the cost. */
  readonly traffic?: readonly Traffic[];
  /** Bounds on how available items are, each or together (CFP.md 4). */
  readonly availability?: readonly AvailabilityTarget[];
  /** What the client's tenant may still take, over all vendors; the Agency adds it, a document cannot. */
  readonly quotas?: readonly TenantQuota[];
  /** What the Agency has seen of vendors, where the demand reads it; the Agency adds it, a document cannot. */
  readonly observed?: Observed;
}

/** Data that the machines of one item send to those of another, shared evenly among all pairs of them. */
export interface Traffic {
  readonly from: string;
  readonly to: string;
  /** GiB a month in all. */
  readonly volume: number;
}

/**
 * These items are all up at the same time with at least this probability: the product of theirs. An item is up while `minUp` of its machines
 * are. Failures are taken as independent; an offer of unknown availability cannot be used for an item with a target.
 */
export interface AvailabilityTarget {
  /** How the client wrote it: the name of the target in every explanation. */
  readonly text: string;
  readonly items: readonly string[];
  /** A fraction. */
  readonly atLeast: number;
}

/** What a quota counts: machines, or what they have of it in all (memory in GiB). */
export type QuotaUnit = 'machines' | 'cores' | 'memory' | 'gpu';
export interface TenantQuota {
  readonly of: QuotaUnit;
  readonly left: number;
}

/** One item of a call: `count` machines that each meet every constraint. */
export interface Need {
  readonly item: string;
  readonly kind: 'compute';
  readonly count: number;
  readonly require: readonly Constraint[];
  readonly prefer: readonly Preference[];
  readonly spread: readonly Spread[];
  readonly apartFrom: readonly Apart[];
  /** Every machine of this item stands in a place of the level that holds a machine of the other. */
  readonly with?: readonly With[];
  /** So many of its machines must be on demand, whatever market the others are from; absent: none need be. */
  readonly onDemandAtLeast?: number;
  /** The item is up while so many of its machines are; absent: all of them. */
  readonly minUp?: number;
}

/** A hard constraint. `text` is how the client wrote it, e.g. `cores >= 2`; it names the constraint in every explanation. */
export type Constraint = NumberConstraint | NumberSetConstraint | TextConstraint | PlaceConstraint | PriceConstraint;
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export interface NumberConstraint {
  readonly type: 'number';
  readonly text: string;
  readonly attribute: AttributeName;
  readonly comparison: Comparison;
  /** In the attribute's canonical unit (vocabulary/attributes.ts). */
  readonly value: number;
}
/** One of some values, or none of some; in the attribute's canonical unit. */
export interface NumberSetConstraint {
  readonly type: 'numbers';
  readonly text: string;
  readonly attribute: AttributeName;
  readonly anyOf?: readonly number[];
  readonly noneOf?: readonly number[];
}
export interface TextConstraint {
  readonly type: 'text';
  readonly text: string;
  readonly attribute: TextAttribute;
  readonly anyOf?: readonly string[];
  readonly noneOf?: readonly string[];
}
export interface PlaceConstraint {
  readonly type: 'place';
  readonly text: string;
  readonly within: PlaceSet;
  readonly not: PlaceSet;
  /** No farther from a point than so many great-circle km. */
  readonly near?: Near;
}
export interface Near extends Point {
  readonly km: number;
}
/** A bound on the unit price, USD an hour, for one market or all. */
export interface PriceConstraint {
  readonly type: 'price';
  readonly text: string;
  readonly atMost: number;
  readonly market?: Market;
}

/** A soft constraint of one item: it scores, it never excludes. Additive over the item's machines. */
export type Preference = PlacePreference | ExtremePreference | ConstraintPreference;
export interface PlacePreference {
  readonly type: 'place';
  readonly text: string;
  readonly within: PlaceSet;
  readonly not: PlaceSet;
  readonly near?: Near;
  readonly weight: number;
}
/** That a machine meets what could also be required: it scores 1, else 0. */
export interface ConstraintPreference {
  readonly type: 'constraint';
  readonly text: string;
  readonly constraint: NumberConstraint | NumberSetConstraint | TextConstraint;
  readonly weight: number;
}
export interface ExtremePreference {
  readonly type: 'extreme';
  readonly text: string;
  readonly attribute: AttributeName;
  readonly direction: 'max' | 'min';
  readonly weight: number;
}

/** At most `atMost` machines of the item in any one place of this level. */
export interface Spread {
  readonly over: PlaceLevel;
  readonly atMost: number;
}
/** No machine of this item in a place of this level that holds a machine of `item`. */
export interface Apart {
  readonly item: string;
  readonly over: PlaceLevel;
}
export interface With {
  readonly item: string;
  readonly over: PlaceLevel;
}

export const policies = ['lowest-cost', 'weighted', 'lexicographic', 'pareto', 'topsis'] as const;
/** How plans are ranked (CFP.md 1): docs/calls.md says what each means. */
export type Policy = (typeof policies)[number];

/**
 * An objective over the whole plan. cost is USD a month (730 h), the sum; availability is Σ q·log a, shown as the product; latency is that of the
 * farthest machine; the others are sums over the machines, carbon shown as their mean.
 */
export interface Objective {
  readonly of: ObjectiveName;
  readonly direction: 'minimise' | 'maximise';
  readonly weight: number;
  /** For latency: from where, in degrees. */
  readonly to?: Point;
  /** For an expression: what one machine is worth, over the vocabulary. */
  readonly expression?: string;
  /** For the policy lexicographic: how far below its best it may stay for the sake of those after it, as a share of that. */
  readonly tolerance?: number;
}
/** The price of the machines is part of the cost. */
export const objectiveNames = ['cost', ...attributeNames.filter((name) => name !== 'price'), 'expression'] as const;
export type ObjectiveName = (typeof objectiveNames)[number];

/** A point on the globe, in degrees. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Deployment {
  /** Portable image name, e.g. `debian-12`; each vendor maps it. */
  readonly image: string;
  /** An image of the account's own instead, by the vendor's id: the call is then for that account alone. */
  readonly vendorImage?: string;
  readonly sshKey?: string;
  readonly userData?: string;
  /** Absent: it runs none. */
  readonly agent?: ResourceAgent;
}

/** The small agent that a machine fetches and starts at its first boot, and what it sends (docs/resource-agent.md). */
export interface ResourceAgent {
  /** From one push to the next, ms. */
  readonly every: number;
  /** What it reads of the machine; absent: all that it can. */
  readonly metrics?: readonly AgentMetric[];
  /** A URL on the machine itself, whose OpenMetrics text it sends on. */
  readonly openmetrics?: string;
}

/** What the agent reads by itself, by the names of the metrics. */
export const agentMetrics = [
  'cpu_utilisation',
  'memory_utilisation',
  'disk_utilisation',
  'network_in',
  'network_out',
  'disk_read',
  'disk_write',
  'computing_power',
] as const;
export type AgentMetric = (typeof agentMetrics)[number];

export interface Negotiate {
  /** How long vendors may take to answer, ms. */
  readonly replyBy: number;
  readonly rounds: number;
  readonly accept: 'manual' | 'best';
  /** How much dearer than the accepted plan a re-plan may be, as a fraction (0.1 = 10 %). */
  readonly acceptUpTo: number;
  /** Whether vendors that would lose are told the item's `max_price` between rounds, instead of the band of their gap (CFP.md 3). */
  readonly publishReservation?: boolean;
  /** What it costs the client to move one machine, USD, counted as if paid off within a month; absent: nothing. */
  readonly switchingCost?: number;
  /** Nothing that runs moves for less (CFP.md 3, Renegotiation): as `Running.leastGain`; absent: 0. */
  readonly leastGain?: number;
}

/** An endpoint of the machines that the monitor reads OpenMetrics from. Times in ms. `url` holds the placeholder `{address}`. */
export interface Scrape {
  readonly of: string;
  readonly url: string;
  readonly every: number;
  readonly timeout: number;
  readonly metrics: readonly SeriesChoice[];
}

/** Which series of an exposition make one metric, and how those of one time become one value. */
export interface SeriesChoice {
  readonly as: string;
  /** The name of the series, e.g. `http_requests_total`. */
  readonly series: string;
  /** Labels that they must have; others may be there. */
  readonly labels: Readonly<Record<string, string>>;
  readonly combine: (typeof combinations)[number];
}
export const combinations = ['sum', 'mean', 'max', 'min'] as const;

/** No more than, or no fewer than, `times` in any `per` ms. */
export interface Rate {
  readonly times: number;
  readonly per: number;
}

/** The level that an agreement falls back to: its guarantees stand in for those of the same term and item. */
export interface ServiceLevel {
  readonly name: string;
  /** So many violations in any so long bring it about. */
  readonly after: Rate;
  /** After so long without a violation the agreed level holds again, ms. */
  readonly backAfter: number;
  readonly guarantees: readonly Guarantee[];
}

export interface Subscription {
  readonly url: string;
  readonly events: readonly string[];
  readonly secret?: string;
}
