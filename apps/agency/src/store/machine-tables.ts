import type { FailureReason, Operation } from '@cloud-agency/bus';
import type { Offer, Span } from '@cloud-agency/sla';
import type { LeasedRow } from '@cloud-agency/store';
import type { Given, Json } from './tables.js';

export type ResourceState = 'inactive' | 'active' | 'suspended' | 'error' | 'deleted';

/**
 * requested: ordered from its agent. building: the vendor has it. running: the vendor says it runs, not verified yet. active: verified.
 * failed: a typed failure, nothing left at the vendor. cancelling, deleted: being undone, gone. orphaned: cannot be deleted, retried.
 */
export type PlacementState = 'requested' | 'building' | 'running' | 'active' | 'failed' | 'cancelling' | 'deleted' | 'orphaned';

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
