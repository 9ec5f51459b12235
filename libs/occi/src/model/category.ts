import type { AttributeDefinitions } from './attribute.js';

/** What identifies a category: its id is the scheme, which ends in `#`, followed by the term. */
export interface CategoryRef {
  readonly term: string;
  readonly scheme: string;
}

/** A category as a client describes it; `rel` names what it depends on. */
export interface CategoryDeclaration extends CategoryRef {
  readonly class?: string;
  readonly title?: string;
  readonly rel?: string;
  readonly location?: string;
  readonly attributes?: string;
  readonly actions?: string;
}

interface CategoryBase extends CategoryRef {
  readonly title: string;
  readonly attributes: AttributeDefinitions;
}

/** The type of an entity; it never changes. `attributes` are its own, without those of its parent. */
export interface Kind extends CategoryBase {
  readonly class: 'kind';
  /** Id of the parent kind; only core#entity has none. */
  readonly parent?: string;
  /** Path of its collection, `/<term>/`; the abstract core#entity has none. */
  readonly location?: string;
  readonly actions: readonly string[];
}

/** What can be added to an entity. Without attributes and actions it is a tag; with presets it is a template. */
export interface Mixin extends CategoryBase {
  readonly class: 'mixin';
  readonly depends: readonly string[];
  /** Ids of the kinds that it may be put on; none: any. */
  readonly applies: readonly string[];
  readonly location: string;
  readonly actions: readonly string[];
}

export interface Action extends CategoryBase {
  readonly class: 'action';
  /** Other ids that clients know it by. */
  readonly aliases: readonly string[];
}

export type Category = Kind | Mixin | Action;

/** Categories that belong together: one document of the OGF, or the Agency's own. */
export interface Extension {
  readonly kinds: readonly Kind[];
  readonly mixins: readonly Mixin[];
  readonly actions: readonly Action[];
}

export const categoryId = (category: CategoryRef): string => category.scheme + category.term;

type Declared<C extends Category, Optional extends keyof C> = Omit<C, 'class' | Optional> & Partial<Pick<C, Optional>>;

/** A kind at `/<term>/`. */
export const kind = (declared: Declared<Kind, 'attributes' | 'actions'>): Kind => ({
  class: 'kind',
  attributes: {},
  actions: [],
  location: `/${declared.term}/`,
  ...declared,
});

/** A mixin, at `/<term>/` unless told otherwise. */
export const mixin = (declared: Declared<Mixin, 'attributes' | 'actions' | 'depends' | 'applies' | 'location'>): Mixin => ({
  class: 'mixin',
  attributes: {},
  actions: [],
  depends: [],
  applies: [],
  location: `/${declared.term}/`,
  ...declared,
});

export const action = (declared: Declared<Action, 'attributes' | 'aliases'>): Action => ({
  class: 'action',
  attributes: {},
  aliases: [],
  ...declared,
});
