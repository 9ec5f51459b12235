import type { Explanation } from '@cloud-agency/sla';
import { type Entity, idIn, reader } from './entity.js';

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
