import type { Constraint, Demand } from '../documents/call.js';
import { parseExpression } from '../vocabulary/expression.js';
import type { AttributeName, Market } from '../vocabulary/names.js';
import type { Offer } from './offer.js';
import type { Stand } from './table/stand.js';

/**
 * What the Agency has seen of vendors by itself. It travels in the call (CFP.md 4), so that whoever prunes and whoever solves go by the same
 * figures; only what there is enough of is in it.
 */
export interface Observed {
  /** When the call was made; ages are counted to here. */
  readonly at: string;
  /** So many machine-hours count as much as what the vendor declares. */
  readonly prior: number;
  readonly availability: readonly ObservedUptime[];
  readonly performance: readonly ObservedPerformance[];
}

/** How long machines of one place and market were watched, and for how long of that they did not answer; both in machine-hours. */
export interface ObservedUptime {
  readonly vendor: string;
  readonly region: string;
  readonly market: Market;
  readonly hours: number;
  readonly down: number;
  readonly machines: number;
  /** When the last of it was measured. */
  readonly asOf: string;
}

/** What machines of one size measured of their own computing power: the median over the machines. */
export interface ObservedPerformance {
  readonly vendor: string;
  readonly instanceType: string;
  readonly value: number;
  readonly machines: number;
  readonly asOf: string;
}

/** The quantile of the normal distribution that 95 of 100 stay below. */
const z = 1.6448536269514722;

/**
 * The availability that a plan may count on (docs/selection.md, What was observed). Null stands for one that is not declared.
 *
 * What was seen and what is declared are weighed by their hours, the declaration as `prior` of them. Where that is worse than declared, it
 * counts. Where it is better, the declaration stands, unless even the lower end of what the hours allow for (Wilson, 95 %, an hour a trial) is
 * above it. What is not declared is that lower end. Shortfalls are rounded up to two digits: more is noise, and would set alike places apart.
 */
export function observedAvailability(
  declared: number | null,
  { hours, down }: Pick<ObservedUptime, 'hours' | 'down'>,
  prior: number,
): number {
  const up = Math.max(0, hours - down);
  const sure = roundedDown(lowerEnd(up / hours, hours));
  if (declared === null) return sure;
  const believed = (declared * prior + up) / (prior + hours);
  return believed < declared ? roundedDown(believed) : Math.max(declared, sure);
}

function lowerEnd(share: number, trials: number): number {
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return Math.max(0, (share + (z * z) / (2 * trials) - spread) / (1 + (z * z) / trials));
}

function roundedDown(availability: number): number {
  const short = 1 - availability;
  if (short <= 1e-12) return availability;
  const step = 10 ** (Math.floor(Math.log10(short)) - 1);
  return Math.max(0, Number((1 - Math.ceil(short / step - 1e-6) * step).toFixed(12)));
}

/** What was observed, by what it is of. */
export class Observations {
  private readonly uptimes: ReadonlyMap<string, ObservedUptime>;
  private readonly performances: ReadonlyMap<string, ObservedPerformance>;

  constructor(private readonly observed: Observed) {
    this.uptimes = new Map(observed.availability.map((each) => [placeKey(each), each]));
    this.performances = new Map(observed.performance.map((each) => [sizeKey(each), each]));
  }

  uptimeOf(place: Pick<Stand, 'vendor' | 'region' | 'market'>): ObservedUptime | undefined {
    return this.uptimes.get(placeKey(place));
  }

  get hasPerformance(): boolean {
    return this.performances.size > 0;
  }

  performanceOf(size: Pick<Offer, 'vendor' | 'instanceType'>): number | undefined {
    return this.performances.get(sizeKey(size))?.value;
  }

  /** What is said of a place with this in mind; itself where nothing was observed. Saying it twice changes nothing. */
  availabilityAt<Of extends Availability & Pick<Stand, 'vendor' | 'region' | 'market'>>(of: Of): Of {
    const uptime = this.uptimeOf(of);
    if (!uptime) return asDeclared(of);
    const declared = of.declared === undefined ? of.availability : of.declared;
    const availability = observedAvailability(declared, uptime, this.observed.prior);
    if (availability === of.availability && (of.declared !== undefined || availability === declared)) return of;
    return { ...of, availability, declared };
  }

  /** An offer as `availabilityAt` and the table's `observed` say it. */
  offer(offer: Offer): Offer {
    const performance = this.performanceOf(offer);
    const placed = this.availabilityAt(offer);
    return performance === undefined || performance === placed.performance ? placed : { ...placed, performance };
  }
}

/** `declared` is there where `availability` is an observed one. */
interface Availability {
  readonly availability: number | null;
  readonly declared?: number | null;
}

/** What was observed once, and is too little or too old by now, counts no more. */
function asDeclared<Of extends Availability>(of: Of): Of {
  if (of.declared === undefined) return of;
  const { declared, ...rest } = of;
  return { ...rest, availability: declared } as Of;
}

const placeKey = ({ vendor, region, market }: Pick<Stand, 'vendor' | 'region' | 'market'>) => `${vendor}\n${region}\n${market}`;
const sizeKey = ({ vendor, instanceType }: Pick<Offer, 'vendor' | 'instanceType'>) => `${vendor}\n${instanceType}`;

/** What a demand reads of what can be observed: nothing of it else has to travel. */
export function readsObserved(demand: Demand): { readonly availability: boolean; readonly performance: boolean } {
  const read = new Set(attributesRead(demand));
  return { availability: read.has('availability') || demand.availability !== undefined, performance: read.has('performance') };
}

function attributesRead({ needs, objectives }: Demand): readonly string[] {
  return [
    ...needs.flatMap(({ require, prefer }) => [
      ...require.flatMap(readByConstraint),
      ...prefer.flatMap((wish) =>
        wish.type === 'extreme' ? [wish.attribute] : wish.type === 'constraint' ? readByConstraint(wish.constraint) : [],
      ),
    ]),
    ...objectives.flatMap(({ of, expression }): readonly string[] =>
      expression === undefined ? [of] : parseExpression(expression).reads,
    ),
  ];
}

function readByConstraint(constraint: Constraint): readonly AttributeName[] {
  return constraint.type === 'number' || constraint.type === 'numbers' ? [constraint.attribute] : [];
}
