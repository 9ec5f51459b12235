import type { AgencyTables } from '../store/tables.js';
import type { MediaType } from './media.js';
import type { Entity, EntityChange, EntityDraft, JsonValue, Mixin } from '@cloud-agency/occi';

export interface EntityQuery {
  readonly tenant: string;
  /** The first page is 1. Without it: all. */
  readonly page?: { readonly number: number; readonly size: number };
  /** All must match. */
  readonly filters: { readonly categories: readonly string[]; readonly attributes: Readonly<Record<string, string>> };
}

/** Entities that came as a document, and are given back as one. */
export interface DocumentSource {
  readonly types: readonly MediaType[];
  /** @returns the document in one of the types; undefined when there is no such entity. */
  of(id: string, type: MediaType, tenant: string): Promise<string | undefined>;
}

/** What lies below an entity at a path of its own, `/kind/ID/NAME`, and is made when it is asked for. */
export interface PartSource {
  /** What it is, for who reads the description of the front, and what its query may say. */
  readonly summary: string;
  readonly parameters: readonly string[];
  readonly types: readonly MediaType[];
  /** @returns undefined when there is no such entity. @throws AgencyError invalid-request, not-found for what the query asks for. */
  of(id: string, type: MediaType, tenant: string, query: URLSearchParams): Promise<string | undefined>;
}

/** Where the front finds the entities of one kind: the rooms behind it implement this, and it knows nothing else of them. */
export interface EntitySource {
  /** Id of the kind. */
  readonly kind: string;
  /** The tables that its entities are made of, where that is all: one need not be rendered again while nothing is written to them. */
  readonly tables?: readonly (keyof AgencyTables)[];
  /** Absent where there are no documents. */
  readonly documents?: DocumentSource;
  /** By their names. The attributes that are objects have paths of their own without being named here. */
  readonly parts?: Readonly<Record<string, PartSource>>;
  list(query: EntityQuery): Promise<readonly Entity[]>;
  get(id: string, tenant: string): Promise<Entity | undefined>;
  /** Absent where a client cannot delete. @throws AgencyError not-found, conflict. */
  remove?(id: string, tenant: string): Promise<void>;
  /** Absent where there are no actions; `action` is its term. Resolves to the entity afterwards,
   * or to the template that the action makes. @throws AgencyError not-found, conflict. */
  act?(id: string, action: string, attributes: Readonly<Record<string, JsonValue>>, tenant: string): Promise<Entity | Mixin>;
  /**
   * Absent where a client cannot create. The draft is checked against the categories. Resolves once it is stored, to the entity as it is then;
   * long work goes on behind, and shows in its state. What is shown only once (a secret) is among its attributes here and nowhere else.
   * @throws AgencyError invalid-request, unsupported, conflict.
   */
  create?(draft: EntityDraft, tenant: string): Promise<Entity>;
  /**
   * Absent where nothing but titles, summaries and tags can change, which are not this source's to keep. Sets the attributes given and adds the
   * mixins and links; only mutable attributes come. All or nothing. @throws AgencyError invalid-request, unsupported, conflict.
   */
  update?(id: string, change: EntityChange, tenant: string): Promise<void>;
  /** Whether the work that the entity's state speaks of is done, one way or the other; absent where there is none. */
  isSettled?(id: string, tenant: string): Promise<boolean>;
  /** As update, but what is missing goes back to its default. */
  replace?(id: string, whole: EntityChange, tenant: string): Promise<void>;
}
