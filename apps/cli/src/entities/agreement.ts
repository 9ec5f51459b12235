import { type Entity, idIn, reader } from './entity.js';

export interface Term {
  readonly term: string;
  /** Of a metric or an expression: which. */
  readonly about?: string;
  readonly of: string;
  readonly index: number;
  readonly resource: string | null;
  readonly state: 'undefined' | 'fulfilled' | 'violated';
  readonly wanted: number;
  /** Whether that is the most or the least that may be measured. */
  readonly side: 'at_most' | 'at_least';
  readonly measured: number | null;
  readonly unit: string;
  /** The part of what may go wrong that has; null where nothing may. */
  readonly spent: number | null;
  /** Present when it will be violated soon if nothing changes. */
  readonly risk?: Risk | null;
  /** What a breach costs, in words. */
  readonly remedy?: string;
  /** The service level that it belongs to. */
  readonly level?: string;
}

export type Risk =
  /** `window` in ms. */
  { readonly by: 'burn_rate'; readonly rate: number; readonly window: number } | { readonly by: 'trend'; readonly at: string };

/** A breach of a guarantee. */
export interface Violation {
  readonly id: string;
  /** The `index` of its term. */
  readonly guarantee: number;
  readonly term: string;
  /** An item, or a resource. */
  readonly of: string;
  readonly opened: string;
  /** Empty: it lasts. */
  readonly closed: string;
  readonly wanted: number;
  readonly measured: number;
  readonly worst: number;
  readonly unit: string;
  readonly count: number;
  /** s */
  readonly duration: number;
  /** The measurements that prove it, newest last. */
  readonly samples: readonly {
    readonly at: string;
    readonly metric?: string;
    readonly value?: number;
    readonly detail: string;
  }[];
  /** What is owed for it, in words; empty: nothing. */
  readonly penalty: string;
}

export interface Health {
  readonly resource: string;
  readonly title?: string;
  readonly address: string | null;
  readonly state: 'unknown' | 'up' | 'down';
  readonly milliseconds: number | null;
}

/** What came of a rule of the call. */
export interface Reaction {
  readonly at: string;
  readonly event: string;
  readonly rule: string;
  readonly action: string;
  readonly state: string;
  readonly why: string;
  /** Of one that was not done: how often it would have been. */
  readonly times?: number;
}

export interface Agreement {
  readonly id: string;
  readonly name: string;
  readonly cfp: string;
  readonly state: string;
  readonly agreedAt: string;
  /** The service level that holds. */
  readonly level: string;
  /** USD, credited to the client and to the provider. */
  readonly penalties: number;
  readonly rewards: number;
  readonly terms: readonly Term[];
  readonly health: readonly Health[];
  readonly reactions: readonly Reaction[];
}

export interface Renegotiation {
  readonly id: string;
  readonly agreement: string;
  readonly cause: string;
  readonly state: string;
  readonly message: string;
  /** USD in the first month, the moves counted. */
  readonly gain: number | undefined;
  readonly explanation: readonly string[];
}

export function agreementOf(entity: Entity): Agreement {
  const read = reader(entity);
  return {
    id: entity.id,
    name: entity.title ?? entity.id,
    cfp: idIn(read.text('agency.agreement.cfp')),
    state: read.text('occi.agreement.state'),
    agreedAt: read.text('occi.agreement.agreedAt'),
    level: read.text('agency.agreement.level'),
    penalties: read.number('agency.agreement.penalties') ?? 0,
    rewards: read.number('agency.agreement.rewards') ?? 0,
    terms: read.list('agency.agreement.terms') as readonly Term[],
    health: read.list('agency.agreement.health') as readonly Health[],
    reactions: read.list('agency.agreement.reactions') as readonly Reaction[],
  };
}

export function violationOf(entity: Entity): Violation {
  const read = reader(entity);
  return {
    id: entity.id,
    guarantee: read.number('agency.violation.guarantee') ?? 0,
    term: read.text('agency.violation.term'),
    of: read.text('agency.violation.of'),
    opened: read.text('agency.violation.opened'),
    closed: read.text('agency.violation.closed'),
    wanted: read.number('agency.violation.wanted') ?? 0,
    measured: read.number('agency.violation.measured') ?? 0,
    worst: read.number('agency.violation.worst') ?? 0,
    unit: read.text('agency.violation.unit'),
    count: read.number('agency.violation.count') ?? 0,
    duration: read.number('agency.violation.duration') ?? 0,
    samples: read.list('agency.violation.samples') as Violation['samples'],
    penalty: read.text('agency.violation.penalty'),
  };
}

export function renegotiationOf(entity: Entity): Renegotiation {
  const read = reader(entity);
  return {
    id: entity.id,
    agreement: idIn(read.text('agency.renegotiation.agreement')),
    cause: read.text('agency.renegotiation.cause'),
    state: read.text('agency.renegotiation.state'),
    message: read.text('agency.renegotiation.state.message'),
    gain: read.number('agency.renegotiation.gain'),
    explanation: read.list('agency.renegotiation.explanation') as readonly string[],
  };
}
