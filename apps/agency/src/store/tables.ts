import type { Announcement, FailureReason, Operation } from '@cloud-agency/bus';
import type { JsonValue } from '@cloud-agency/occi';
import type { Call, CfpState, Counter, Explanation, ItemAnswer, Observed, Offer, Overlap, Plan, Span } from '@cloud-agency/sla';
import type { DutyRow, LeasedRow, MessagingTables } from '@cloud-agency/store';
import type { ColumnType, Generated } from 'kysely';
import type { AgreementRow, LedgerRow } from './agreement-tables.js';
import type { MessageRow } from './conversation.js';
import type { AgentDoorRow, EnrolmentRow } from './enrolment-tables.js';
import type { MarketWatchRow, RenegotiationRow } from './renegotiation-tables.js';
import type { CollectorRow, SensorRow } from './sensor-tables.js';
import type { BreachRow, PowerRow, PriceChangeRow, ProvisioningRow, UptimeRow } from './statistics-tables.js';
import type { LabelRow, TaggedRow, TagRow } from './tag-tables.js';
import type { DeliveryRow, HorizonRow, WebhookRow } from './webhook-tables.js';

export type { AgreementRow, TermState } from './agreement-tables.js';
export type { DeliveryRow, WebhookRow, WebhookTest } from './webhook-tables.js';

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

/** What a client said of an entity it created, in the words of its renderings. */
export interface Given {
  readonly mixins?: readonly string[];
  readonly attributes?: Readonly<Record<string, JsonValue>>;
}

export interface ResourceRow {
  id: string;
  tenant: string;
  cfp: string;
  /** Null until the call is answered, for a compute that a client ordered by itself. */
  agreement: string | null;
  item: string;
  title: string;
  state: ResourceState;
  message: string;
  /** The placement that carries it now; a replacement changes it when verified. Null as `agreement`. */
  placement: string | null;
  /** call: an item of a call for proposals. client: created as a compute; the call was made for it. */
  origin: 'call' | 'client';
  given: Json<Given>;
  /** The operation under way at the vendor. */
  task: string | null;
  created_at: number;
}

export interface PolicyRow {
  id: string;
  tenant: string;
  name: string;
  /** JSON, as the client gave it. */
  document: string;
  created_at: number;
}

/** A client's storage or network, wherever it is realised. */
export interface AssetRow {
  id: string;
  tenant: string;
  kind: 'storage' | 'network';
  /** Storage: online or offline; a network: active or inactive. */
  state: 'online' | 'offline' | 'active' | 'inactive' | 'error';
  message: string;
  /** in-use, at-rest: what the client last asked for. gone: deleted; the row stays until nothing is left at any vendor. */
  wanted: 'in-use' | 'at-rest' | 'gone';
  given: Json<Given>;
  created_at: number;
  /** As a call's; and not before `next_at`, ms. */
  due: number;
  next_at: number;
}

/** A volume or a network at one vendor; its id is the token there. */
export interface RealisationRow {
  id: string;
  asset: string;
  agent: string;
  vendor: string;
  region: string;
  /** Null for networks, which span their region. */
  zone: string | null;
  state: 'creating' | 'active' | 'failed' | 'deleting';
  vendor_id: string | null;
  message: string;
  created_at: number;
}

/** What the vendor says of an attachment. */
export interface AttachmentFacts {
  readonly device?: string;
  readonly address?: string;
  readonly mac?: string;
}

/** A storagelink or networkinterface between a compute and an asset. */
export interface AttachmentRow {
  id: string;
  tenant: string;
  kind: 'storagelink' | 'networkinterface';
  compute: string;
  asset: string;
  wanted: 'present' | 'gone';
  state: 'inactive' | 'joining' | 'active' | 'leaving' | 'error';
  message: string;
  given: Json<Given>;
  facts: Json<AttachmentFacts>;
  /** Where it is, or is being, attached; null where it is not. */
  placement: string | null;
  realisation: string | null;
  /** The placement that is to take over the compute, once this is attached to it. */
  heading: string | null;
  /** Failures in a row. */
  attempts: number;
  created_at: number;
  due: number;
  next_at: number;
}

/** An operation asked of a vendor agent. */
export interface TaskRow {
  id: string;
  /** Id of the resource, realisation, attachment or image that it changes. */
  subject: string;
  about: 'compute' | 'realisation' | 'attachment' | 'image';
  agent: string;
  operation: Json<Operation>;
  state: 'open' | 'done' | 'failed';
  message: string;
  created_at: number;
}

/** An OS template that a client saved from a compute. */
export interface SavedImageRow {
  id: string;
  tenant: string;
  name: string;
  agent: string;
  region: string;
  architecture: string | null;
  state: 'building' | 'active' | 'error';
  vendor_id: string | null;
  message: string;
  created_at: number;
}

/** USD an hour for a time. */
export interface Rate extends Span {
  readonly price: number;
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
  /** What it is being resized to. */
  next_offer: Json<Offer> | null;
  state: PlacementState;
  /** The placement it is to take over from; null for a first one. */
  replaces: string | null;
  vendor_id: string | null;
  address: string | null;
  reason: FailureReason | null;
  message: string;
  requested_at: number;
  active_at: number | null;
  /** When it ceased to be charged. */
  ended_at: number | null;
  /** What it cost before its present price, USD an hour. */
  rates: Json<readonly Rate[]>;
  /** The renegotiation that ordered it, and decides when it takes over. */
  renegotiation: string | null;
  /** What the vendor has announced that it costs from now on, USD an hour; null: what was agreed. */
  announced_price: number | null;
  /** Its vendor has said that it will not keep it: it takes it back, or gives up the size. */
  leaving: 'ending' | 'retiring' | null;
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

/** What a rule does, as the tier carries it out: `scale` is one of three (docs/reactions.md). */
export type ReactionAction = 'notify' | 'replace' | 'migrate' | 'scale-out' | 'scale-in' | 'resize' | 'renegotiate' | 'terminate';

/** What a reaction goes by, copied from its rule when it began, and how far it has come. What does not apply is left out. */
export interface ReactionDetail {
  readonly overlap?: Overlap;
  /** migrate: where to, where that is decided already. */
  readonly target?: Offer;
  /** scale-out, scale-in: how many machines, and how far at most. */
  readonly by?: number;
  readonly bound?: number;
  /** resize: which way, the offer, and the operation at the vendor once it is asked for. */
  readonly size?: 'larger' | 'smaller';
  readonly offer?: Offer;
  readonly task?: string;
  /** renegotiate, and migrate for a better price. */
  readonly leastGain?: number;
  readonly accept?: 'manual' | 'best';
  /** renegotiate: the one that it has opened. */
  readonly renegotiation?: string;
  /** scale-out: the resources it has added. */
  readonly added?: readonly string[];
}

export interface ReactionRow extends LeasedRow {
  id: string;
  agreement: string;
  /** Index of the rule in the call. */
  rule: number;
  action: ReactionAction;
  /** The event that set it off, and its message. */
  event: string;
  cause: string;
  /** The machine that it is about; null: it is about an item, or the agreement. */
  resource: string | null;
  /** The placement that carried the resource when it began. */
  placement: string | null;
  item: string | null;
  /** skipped: the rule would have acted, and `message` says why it did not. */
  state: 'begun' | 'done' | 'failed' | 'skipped';
  message: string;
  detail: Json<ReactionDetail>;
  /** Of a skipped one, how often the rule would have acted. */
  attempts: number;
  next_at: number;
  begun_at: number;
  finished_at: number | null;
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
  /** The last that was measured while it lasted, and the farthest beyond what was promised. */
  measured: number;
  worst: number;
  /** Samples that spoke against the guarantee. */
  count: number;
  /** When the monitor told of it last, ms. */
  updated: number;
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

/** A row whose columns need not all be given: a new one has them empty. */
type Defaulted<Row, Column extends keyof Row> = Omit<Row, Column> & { [Name in Column]: Generated<Row[Name]> };

export interface AgencyTables extends MessagingTables {
  cfp: CfpRow;
  proposal: ProposalRow;
  agreement: Defaulted<AgreementRow, 'suspensions' | 'levels'>;
  resource: ResourceRow;
  placement: Defaulted<PlacementRow, 'rates'>;
  event: Omit<EventRow, 'id'> & { id: ColumnType<number, never, never> };
  webhook: Defaulted<WebhookRow, 'reason' | 'retrying'>;
  delivery: DeliveryRow;
  horizon: HorizonRow;
  reaction: ReactionRow;
  renegotiation: RenegotiationRow;
  market_watch: MarketWatchRow;
  violation: ViolationRow;
  ledger: LedgerRow;
  vendor: VendorRow;
  quarantine: QuarantineRow;
  policy: PolicyRow;
  asset: AssetRow;
  realisation: RealisationRow;
  attachment: AttachmentRow;
  task: TaskRow;
  saved_image: SavedImageRow;
  tag: TagRow;
  tagged: TaggedRow;
  label: LabelRow;
  message: MessageRow;
  duty: DutyRow;
  sensor: SensorRow;
  collector: CollectorRow;
  agent_door: AgentDoorRow;
  enrolment: EnrolmentRow;
  provisioning: ProvisioningRow;
  uptime: UptimeRow;
  power: PowerRow;
  breach: BreachRow;
  price_change: PriceChangeRow;
}
