import type { Call, CfpState, Counter, Explanation, ItemAnswer, Observed, Plan } from '@cloud-agency/sla';
import type { LeasedRow } from '@cloud-agency/store';
import type { Json } from './tables.js';

type ProposalState = 'proposed' | 'accepted' | 'rejected' | 'withdrawn' | 'expired';

/** What one vendor agent answered to a call. */
export interface AgentAnswer {
  readonly agent: string;
  readonly vendor: string;
  readonly state: 'proposed' | 'refused' | 'silent';
  readonly offers: number;
  readonly considered: number;
  readonly message: string;
}

/** What the earlier rounds of a negotiation have come to. */
export interface NegotiationSoFar {
  /** What each agent was told, in order. */
  readonly counters: Readonly<Record<string, readonly Counter[]>>;
  /** By item, the ranges of the first round's feasible offers: scores are counted from these throughout (CFP.md 4). */
  readonly ranges: Readonly<Record<string, ItemAnswer['ranges']>>;
  /** What was observed of vendors when the call was made: it is what all rounds go by. */
  readonly observed?: Observed;
}

export interface CfpRow extends LeasedRow {
  id: string;
  tenant: string;
  name: string;
  state: CfpState;
  message: string;
  round: number;
  document: string;
  call: Json<Call>;
  answers: Json<readonly AgentAnswer[]>;
  explanation: Json<Explanation | null>;
  offers: number;
  /** What a later round, or one that is begun again, goes on from; null before the first has ended. */
  negotiation: Json<NegotiationSoFar> | null;
  /** Monthly cost of the plan the client accepted, USD; bounds re-planning. */
  accepted_cost: number | null;
  /** When provisioning gives up, ms. */
  deadline: number | null;
  /** True when something happened that the call's worker has to see to. */
  due: number;
  created_at: number;
  updated_at: number;
  version: number;
  /** 1: the client deleted it. The row stays as long as others refer to it, but no client sees it. */
  removed: number;
}

export interface ProposalRow {
  id: string;
  cfp: string;
  tenant: string;
  rank: number;
  state: ProposalState;
  plan: Json<Plan>;
  created_at: number;
  removed: number;
}

export interface PolicyRow {
  id: string;
  tenant: string;
  name: string;
  /** JSON, as the client gave it. */
  document: string;
  created_at: number;
}
