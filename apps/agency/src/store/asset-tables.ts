import type { Given, Json } from './tables.js';

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
