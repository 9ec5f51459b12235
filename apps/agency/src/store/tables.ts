import type { Announcement } from '@cloud-agency/bus';
import type { JsonValue } from '@cloud-agency/occi';
import type { DutyRow, MessagingTables } from '@cloud-agency/store';
import type { ColumnType, Generated } from 'kysely';
import type { AgreementRow, LedgerRow, ViolationRow } from './agreement-tables.js';
import type { AssetRow, AttachmentRow, RealisationRow } from './asset-tables.js';
import type { CfpRow, PolicyRow, ProposalRow } from './call-tables.js';
import type { MessageRow } from './conversation.js';
import type { AgentDoorRow, EnrolmentRow } from './enrolment-tables.js';
import type { PlacementRow, ResourceRow, SavedImageRow, TaskRow } from './machine-tables.js';
import type { ReactionRow } from './reaction-tables.js';
import type { MarketWatchRow, RenegotiationRow } from './renegotiation-tables.js';
import type { CollectorRow, SensorRow } from './sensor-tables.js';
import type { BreachRow, PowerRow, PriceChangeRow, ProvisioningRow, UptimeRow } from './statistics-tables.js';
import type { LabelRow, TaggedRow, TagRow } from './tag-tables.js';
import type { DeliveryRow, HorizonRow, WebhookRow } from './webhook-tables.js';

export type { AgreementRow, TermState, ViolationRow } from './agreement-tables.js';
export type { AssetRow, AttachmentFacts, AttachmentRow, RealisationRow } from './asset-tables.js';
export type { AgentAnswer, CfpRow, NegotiationSoFar, PolicyRow, ProposalRow } from './call-tables.js';
export type { PlacementRow, PlacementState, Rate, ResourceRow, ResourceState, SavedImageRow, TaskRow } from './machine-tables.js';
export type { ReactionAction, ReactionDetail, ReactionRow } from './reaction-tables.js';
export type { DeliveryRow, WebhookRow, WebhookTest } from './webhook-tables.js';

/** A column of JSON text. Written with `json()`, read with `parsed()`, so that both databases hold the same. */
export type Json<T> = string & { readonly __content?: T };

export const json = <T>(value: T): Json<T> => JSON.stringify(value);
export const parsed = <T>(text: Json<T>): T => JSON.parse(text) as T;

/** What a client said of an entity it created, in the words of its renderings. */
export interface Given {
  readonly mixins?: readonly string[];
  readonly attributes?: Readonly<Record<string, JsonValue>>;
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
  agreement: Defaulted<AgreementRow, 'suspensions' | 'levels' | 'former'>;
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
