import type { Announcement, FailureReason } from '@cloud-agency/bus';
import type { Mixin } from '@cloud-agency/occi';
import type { AgreementState, Call, CfpState, Explanation, Offer, Plan } from '@cloud-agency/sla';
import type { LeasedRow, MessagingTables } from '@cloud-agency/store';
import type { ColumnType } from 'kysely';

/** A column of JSON text. Written with `json()`, read with `parsed()`, so that both databases hold the same. */
export type Json<T> = string & { readonly __content?: T };

export const json = <T>(value: T): Json<T> => JSON.stringify(value);
export const parsed = <T>(text: Json<T>): T => JSON.parse(text) as T;

export type ProposalState = 'proposed' | 'accepted' | 'rejected' | 'withdrawn' | 'expired';
export type ResourceState = 'inactive' | 'active' | 'suspended' | 'error' | 'deleted';
/**
 * requested: ordered from its agent. building: the vendor has it. running: the vendor says it runs, not verified yet. active: verified.
 * failed: a typed failure, nothing left at the vendor. cancelling, deleted: being undone, gone. orphaned: cannot be deleted, retried.
 */
export type PlacementState = 'requested' | 'building' | 'running' | 'active' | 'failed' | 'cancelling' | 'deleted' | 'orphaned';

/** What one vendor agent answered to a call. */
export interface AgentAnswer {
  readonly agent: string;
  readonly vendor: string;
  readonly state: 'proposed' | 'refused' | 'silent';
  readonly offers: number;
  readonly considered: number;
  readonly message: string;
}

/** State of one guarantee of an agreement, for one resource or the group (resource null). */
export interface TermState {
  readonly index: number;
  readonly term: string;
  readonly of: string;
  readonly resource: string | null;
  readonly state: 'undefined' | 'fulfilled' | 'violated';
  readonly wanted: number;
  readonly unit: string;
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

export interface AgreementRow {
  id: string;
  cfp: string;
  proposal: string;
  tenant: string;
  name: string;
  state: AgreementState;
  agreed_at: number | null;
  effective_from: number | null;
  effective_until: number | null;
  terms: Json<readonly TermState[]>;
  watch_version: number;
  created_at: number;
  removed: number;
}

export interface ResourceRow {
  id: string;
  tenant: string;
  cfp: string;
  agreement: string;
  item: string;
  title: string;
  state: ResourceState;
  message: string;
  /** The placement that carries it now; a replacement changes it when verified. */
  placement: string;
  created_at: number;
}

export interface PlacementRow extends LeasedRow {
  id: string;
  resource: string;
  cfp: string;
  agreement: string;
  item: string;
  agent: string;
  offer: Json<Offer>;
  offer_id: string;
  state: PlacementState;
  /** The placement it is to take over from; null for a first one. */
  replaces: string | null;
  vendor_id: string | null;
  address: string | null;
  reason: FailureReason | null;
  message: string;
  requested_at: number;
  active_at: number | null;
}

export interface EventRow {
  id: number;
  tenant: string;
  type: string;
  at: number;
  subject: string;
  cfp: string | null;
  agreement: string | null;
  message: string;
  body: Json<object>;
}

export interface WebhookRow {
  id: string;
  tenant: string;
  cfp: string | null;
  url: string;
  events: Json<readonly string[]>;
  secret: string;
  state: 'active' | 'failing';
  failures: number;
  created_at: number;
}

export interface DeliveryRow {
  id: string;
  webhook: string;
  event: number;
  attempts: number;
  next_at: number;
  state: 'waiting' | 'delivered' | 'dead';
  message: string;
}

export interface ReactionRow extends LeasedRow {
  id: string;
  agreement: string;
  /** Index of the rule in the call. */
  rule: number;
  resource: string;
  /** The placement whose event set it off. */
  placement: string;
  state: 'begun' | 'done' | 'failed';
  message: string;
  attempts: number;
  next_at: number;
  begun_at: number;
}

export interface ViolationRow {
  id: string;
  tenant: string;
  agreement: string;
  term: string;
  of: string;
  guarantee: number;
  resource: string | null;
  opened: number;
  closed: number | null;
  wanted: number;
  measured: number;
  unit: string;
  samples: Json<readonly object[]>;
}

export interface VendorRow {
  agent: string;
  announcement: Json<Announcement>;
  state: 'alive' | 'degraded' | 'gone';
  seen_at: number;
}

/** An offer that failed lately and is not asked for again until then (CFP.md 5). */
export interface QuarantineRow {
  offer: string;
  failures: number;
  until: number;
}

/** A mixin of a client's own. */
export interface TagRow {
  tenant: string;
  /** Of the category. */
  id: string;
  mixin: Json<Mixin>;
}

export interface TaggedRow {
  tenant: string;
  tag: string;
  /** Of the entity. */
  location: string;
}

/** What a client calls an entity; null: what the entity calls itself. */
export interface LabelRow {
  tenant: string;
  location: string;
  title: string | null;
  summary: string | null;
}

/** A client's sensor (OCCI.md 1.5). Periods and delays are s, as the client gave them. */
export interface SensorRow {
  id: string;
  tenant: string;
  period: number;
  periodspec: string | null;
  /** What the delays count from, ms. */
  timebase: number;
  timestart: number;
  /** 0: it never ends. */
  timestop: number;
  timespec: string | null;
  /** Ids of its aggregators and publishers. */
  mixins: Json<readonly string[]>;
  /** Of what the monitor was told last. */
  version: number;
}

/** From a compute to a sensor of the same tenant. */
export interface CollectorRow {
  id: string;
  tenant: string;
  resource: string;
  sensor: string;
  /** Id of its one metric. */
  metric: string;
  /** The metric's attributes that its client may set. */
  settings: Json<Readonly<Record<string, string | number | boolean>>>;
  period: number;
  periodspec: string | null;
  created_at: number;
}

export interface AgencyTables extends MessagingTables {
  cfp: CfpRow;
  proposal: ProposalRow;
  agreement: AgreementRow;
  resource: ResourceRow;
  placement: PlacementRow;
  event: Omit<EventRow, 'id'> & { id: ColumnType<number, never, never> };
  webhook: WebhookRow;
  delivery: DeliveryRow;
  reaction: ReactionRow;
  violation: ViolationRow;
  vendor: VendorRow;
  quarantine: QuarantineRow;
  tag: TagRow;
  tagged: TaggedRow;
  label: LabelRow;
  sensor: SensorRow;
  collector: CollectorRow;
}
