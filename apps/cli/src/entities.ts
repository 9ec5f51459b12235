/** The Agency's OCCI entities as the terminal shows them, read from their JSON rendering (OCCI.md 4). */
import type { Explanation } from '@cloud-agency/sla';

/** The JSON rendering of one resource (GFD.226). */
export interface Entity {
  readonly kind: string;
  readonly id: string;
  readonly title?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links?: readonly { readonly target: { readonly location: string } }[];
}

export interface VendorAnswer {
  readonly agent: string;
  readonly vendor: string;
  readonly state: 'proposed' | 'refused' | 'silent';
  readonly offers: number;
  readonly considered: number;
  readonly message: string;
}

export interface Cfp {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly message: string;
  readonly offers: number;
  readonly answers: readonly VendorAnswer[];
  readonly explanation: Explanation | null;
}

/** A message of a negotiation. */
export interface Message {
  readonly id: string;
  readonly at: string;
  readonly direction: string;
  readonly performative: string;
  readonly sender: string;
  /** Empty: every agent. */
  readonly receiver: string;
  readonly round: number | undefined;
  readonly standing: string;
  readonly content: object;
}

export interface ProposalScore {
  readonly value: number;
  readonly unit?: string;
  readonly normalised: number;
  readonly weight: number;
}

export interface ProposalItem {
  readonly item: string;
  readonly vendor: string;
  readonly region: string;
  readonly zone: string;
  readonly type?: string;
  readonly offer: string;
  readonly count: number;
  readonly market?: string;
  /** The shortest time that is paid for, e.g. `365 d`; absent: none. */
  readonly commitment?: string;
  /** USD an hour for one. */
  readonly price: number;
}

export interface Proposal {
  readonly id: string;
  readonly cfp: string;
  readonly rank: number;
  readonly state: string;
  /** A month. */
  readonly cost: number;
  readonly currency: string;
  readonly score: number;
  readonly scores: Readonly<Record<string, ProposalScore>>;
  readonly optimal: boolean;
  readonly gap: number;
  readonly items: readonly ProposalItem[];
  readonly why: string;
}

export interface Compute {
  readonly id: string;
  readonly name: string;
  readonly cfp: string;
  readonly agreement: string;
  readonly state: string;
  readonly message: string;
  readonly vendor: string;
  readonly region: string;
  readonly zone: string;
  readonly offer: string;
  readonly price: number | undefined;
  readonly address: string;
}

export interface Term {
  readonly term: string;
  readonly of: string;
  readonly index: number;
  readonly resource: string | null;
  readonly state: 'undefined' | 'fulfilled' | 'violated';
  readonly wanted: number;
  readonly measured: number | null;
  readonly unit: string;
  readonly spent: number | null;
  /** Present when it will be violated soon if nothing changes. */
  readonly risk?: object | null;
  /** The service level that it belongs to. */
  readonly level?: string;
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

export interface Vendor {
  readonly name: string;
  readonly type: string;
  readonly title: string;
  readonly state: string;
  readonly message: string;
  readonly offers: number;
  readonly regions: readonly string[];
}

export interface DeadLetter {
  readonly event: number;
  readonly type: string;
  readonly subject: string;
  readonly at: string;
  readonly given_up: string;
  readonly attempts: number;
  readonly problem: string;
}

export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly state: string;
  readonly reason: string;
  readonly waiting: number;
  readonly dead: number;
  /** When it last took an event; empty: never. */
  readonly taken: string;
  /** The newest of them. */
  readonly deadLetters: readonly DeadLetter[];
  readonly test: { readonly state: 'waiting' | 'taken' | 'refused'; readonly message: string } | null;
}

export interface AgencyEvent {
  readonly id: number;
  readonly type: string;
  readonly at: string;
  readonly subject: string;
  readonly message: string;
  readonly data: object;
}

export function cfpOf(entity: Entity): Cfp {
  const read = reader(entity);
  return {
    id: entity.id,
    name: read.text('agency.cfp.name'),
    state: read.text('agency.cfp.state'),
    message: read.text('agency.cfp.state.message'),
    offers: read.number('agency.cfp.offers') ?? 0,
    answers: read.list('agency.cfp.answers') as readonly VendorAnswer[],
    explanation: read.object('agency.cfp.explanation') as Explanation | null,
  };
}

export function messageOf(entity: Entity): Message {
  const read = reader(entity);
  return {
    id: entity.id,
    at: read.text('agency.message.at'),
    direction: read.text('agency.message.direction'),
    performative: read.text('agency.message.performative'),
    sender: read.text('agency.message.sender'),
    receiver: read.text('agency.message.receiver'),
    round: read.number('agency.message.round'),
    standing: read.text('agency.message.standing'),
    content: read.object('agency.message.content') ?? {},
  };
}

export function proposalOf(entity: Entity): Proposal {
  const read = reader(entity);
  return {
    id: entity.id,
    cfp: idIn(read.text('agency.proposal.cfp')),
    rank: read.number('agency.proposal.rank') ?? 0,
    state: read.text('agency.proposal.state'),
    cost: read.number('agency.proposal.cost') ?? 0,
    currency: read.text('agency.proposal.currency'),
    score: read.number('agency.proposal.score') ?? 0,
    scores: (read.object('agency.proposal.scores') as Proposal['scores'] | null) ?? {},
    optimal: entity.attributes['agency.proposal.optimal'] === true,
    gap: read.number('agency.proposal.gap') ?? 0,
    items: read.list('agency.proposal.items') as readonly ProposalItem[],
    why: (read.object('agency.proposal.explanation') as { why?: string } | null)?.why ?? '',
  };
}

export function computeOf(entity: Entity): Compute {
  const read = reader(entity);
  return {
    id: entity.id,
    name: entity.title ?? entity.id,
    cfp: idIn(read.text('agency.cfp')),
    agreement: idIn(read.text('agency.agreement')),
    state: read.text('occi.compute.state'),
    message: read.text('occi.compute.state.message'),
    vendor: read.text('agency.vendor'),
    region: read.text('agency.region'),
    zone: read.text('agency.zone'),
    offer: read.text('agency.offer'),
    price: read.number('agency.price'),
    address: read.text('agency.address'),
  };
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

export function vendorOf(entity: Entity): Vendor {
  const read = reader(entity);
  return {
    name: read.text('agency.vendor.name'),
    type: read.text('agency.vendor.type'),
    title: entity.title ?? '',
    state: read.text('agency.vendor.state'),
    message: read.text('agency.vendor.state.message'),
    offers: read.number('agency.vendor.offers') ?? 0,
    regions: read.list('agency.vendor.regions') as readonly string[],
  };
}

export function webhookOf(entity: Entity): Webhook {
  const read = reader(entity);
  return {
    id: entity.id,
    url: read.text('agency.webhook.url'),
    events: read.list('agency.webhook.events') as readonly string[],
    state: read.text('agency.webhook.state'),
    reason: read.text('agency.webhook.state.message'),
    waiting: read.number('agency.webhook.waiting') ?? 0,
    dead: read.number('agency.webhook.dead') ?? 0,
    taken: read.text('agency.webhook.taken'),
    deadLetters: read.list('agency.webhook.dead_letters') as readonly DeadLetter[],
    test: (read.object('agency.webhook.test') as Webhook['test'] | undefined) ?? null,
  };
}

/** A reference may be an id or a location. */
const idIn = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

function reader({ attributes }: Entity) {
  const of = (name: string): unknown => attributes[name];
  return {
    text: (name: string): string => (typeof of(name) === 'string' ? (of(name) as string) : ''),
    number: (name: string): number | undefined => (typeof of(name) === 'number' ? (of(name) as number) : undefined),
    list: (name: string): readonly unknown[] => (Array.isArray(of(name)) ? (of(name) as unknown[]) : []),
    object: (name: string): object | null => (typeof of(name) === 'object' ? (of(name) as object | null) : null),
  };
}
