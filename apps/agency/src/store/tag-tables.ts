import type { Mixin } from '@cloud-agency/occi';
import type { Json } from './tables.js';

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
