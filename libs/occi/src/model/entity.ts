import type { JsonValue } from './json.js';

/** One resource or link, as every rendering shows it. Categories and actions are named by their ids. */
export interface Entity {
  readonly kind: string;
  /** The last segment of its path: an entity's location is its kind's followed by this. */
  readonly id: string;
  readonly title?: string;
  readonly summary?: string;
  readonly mixins: readonly string[];
  /** By full name, e.g. `occi.compute.cores`; occi.core.id, .title and .summary are the members above. A link holds occi.core.source and .target here. */
  readonly attributes: Readonly<Record<string, JsonValue>>;
  /** Only those that its state allows now. */
  readonly actions: readonly string[];
  readonly links: readonly LinkRef[];
}

/** A link as its source shows it. */
export interface LinkRef {
  /** Where it leads: a path of ours, or any URI. */
  readonly target: string;
  /** Id of the target's kind. */
  readonly rel: string;
  /** Path of the link entity itself. */
  readonly self: string;
  /** The link's kind, then its mixins. */
  readonly categories: readonly string[];
  readonly attributes: Readonly<Record<string, JsonValue>>;
}

/** What a client says of an entity: all of it, or what shall change. What it leaves out is absent. */
export interface EntityChange {
  readonly kind?: string;
  /** Ignored: the Agency gives ids. */
  readonly id?: string;
  readonly title?: string;
  readonly summary?: string;
  readonly mixins: readonly string[];
  readonly attributes: Readonly<Record<string, JsonValue>>;
  readonly links: readonly LinkRef[];
}

/** What a new entity shall be: checked, and with the defaults of its categories. */
export interface EntityDraft extends EntityChange {
  readonly kind: string;
}

/** What a client asks an entity to do. */
export interface ActionCall {
  /** Id of the action. */
  readonly action: string;
  readonly attributes: Readonly<Record<string, JsonValue>>;
}
