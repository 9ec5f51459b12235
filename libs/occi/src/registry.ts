import { AgencyError, nearest } from '@cloud-agency/errors';
import { agency } from './extensions/agency.js';
import { core, linkId } from './extensions/core.js';
import { infrastructure } from './extensions/infrastructure.js';
import { monitoring } from './extensions/monitoring.js';
import { platform } from './extensions/platform.js';
import { sla } from './extensions/sla.js';
import {
  agreementTemplates,
  contextualization,
  imageTemplates,
  resourceTemplates,
  type TemplateName,
} from './extensions/templates.js';
import type { AttributeDefinition } from './model/attribute.js';
import { asDefined, inLowerCase, type Spelling } from './renderings/spelling.js';
import { type Action, type Category, type Extension, type Kind, type Mixin, categoryId } from './model/category.js';

export interface RegistryOptions {
  /** Whether the text renderings write the names of attributes in lower case. */
  readonly lowerCaseNames?: boolean;
  /** What agreements can be made from. */
  readonly templates?: readonly TemplateName[];
}

/** Everything the Agency speaks of; `images` are the portable image names, each of which becomes an OS template. */
export const standardRegistry = (images: readonly string[], options: RegistryOptions = {}): Registry =>
  new Registry(
    [
      ...[core, infrastructure, resourceTemplates, imageTemplates(images), contextualization, platform],
      ...[sla, agreementTemplates(options.templates ?? []), monitoring, agency],
    ],
    options,
  );

/** The categories in use, in the order they were declared: entity, resource and link come first. */
export class Registry {
  readonly kinds: readonly Kind[];
  readonly mixins: readonly Mixin[];
  readonly actions: readonly Action[];
  readonly spelling: Spelling;
  private readonly byId = new Map<string, Category>();
  private readonly byLocation = new Map<string, Kind | Mixin>();

  /** @throws Error when two categories share an id or a location: a mistake in the declarations. */
  constructor(
    private readonly extensions: readonly Extension[],
    private readonly options: RegistryOptions = {},
  ) {
    this.kinds = extensions.flatMap((extension) => extension.kinds);
    this.mixins = extensions.flatMap((extension) => extension.mixins);
    this.actions = extensions.flatMap((extension) => extension.actions);
    const all = [...this.kinds, ...this.mixins, ...this.actions];
    for (const category of all) this.index(category);
    this.spelling = options.lowerCaseNames ? inLowerCase(all.flatMap(({ attributes }) => Object.keys(attributes))) : asDefined;
  }

  /** These categories and the mixins of a client's own. @throws Error as the constructor. */
  with(mixins: readonly Mixin[]): Registry {
    return mixins.length === 0 ? this : new Registry([...this.extensions, { kinds: [], mixins, actions: [] }], this.options);
  }

  private index(category: Category): void {
    const ids = [categoryId(category), ...(category.class === 'action' ? category.aliases : [])];
    for (const id of ids) {
      if (this.byId.has(id)) throw new Error(`The category ${id} is declared twice.`);
      this.byId.set(id, category);
    }
    if (category.class === 'action' || category.location === undefined) return;
    if (this.byLocation.has(category.location)) throw new Error(`The location ${category.location} is declared twice.`);
    this.byLocation.set(category.location, category);
  }

  /** The category of this id, or of an action's alias. */
  find(id: string): Category | undefined {
    return this.byId.get(id);
  }

  /** What is bound to a path that ends in `/`. */
  at(location: string): Kind | Mixin | undefined {
    return this.byLocation.get(location);
  }

  /** @throws AgencyError not-found, naming the nearest known id. */
  get(id: string): Category {
    const found = this.byId.get(id);
    if (found) return found;
    const close = nearest(id.slice(0, 200), [...this.byId.keys()]);
    throw new AgencyError('not-found', {
      what: `The category ${id.slice(0, 200)}`,
      hint: close ? `Did you mean ${close}?` : 'GET /-/ lists all categories.',
    });
  }

  /** The path of an entity of this kind, without its id. @throws AgencyError invalid-request when the id is not that of a kind with a path. */
  collectionOf(kindId: string): string {
    const found = this.byId.get(kindId);
    if (found?.class === 'kind' && found.location !== undefined) return found.location;
    throw new AgencyError('invalid-request', {
      message: `${kindId} is not a kind that entities can have. GET /-/ lists all kinds.`,
    });
  }

  locationOf(entity: { readonly kind: string; readonly id: string }): string {
    return this.collectionOf(entity.kind) + entity.id;
  }

  /** Whether `kindId` is `ancestor` or descends from it. */
  isA(kindId: string, ancestor: string): boolean {
    for (let id: string | undefined = kindId; id !== undefined;) {
      if (id === ancestor) return true;
      const category = this.byId.get(id);
      id = category?.class === 'kind' ? category.parent : undefined;
    }
    return false;
  }

  isLink(kindId: string): boolean {
    return this.isA(kindId, linkId);
  }

  /** Every attribute that an entity of these categories can have; a mixin's definition overrides the kind's. */
  attributesOf(kindId: string, mixins: readonly string[]): ReadonlyMap<string, AttributeDefinition> {
    const definitions = new Map<string, AttributeDefinition>();
    const add = (category: Category | undefined): void => {
      for (const [name, definition] of Object.entries(category?.attributes ?? {})) definitions.set(name, definition);
    };
    const lineage: Category[] = [];
    for (let id: string | undefined = kindId; id !== undefined;) {
      const category = this.byId.get(id);
      if (category) lineage.unshift(category);
      id = category?.class === 'kind' ? category.parent : undefined;
    }
    lineage.forEach(add);
    for (const id of mixins) add(this.byId.get(id));
    return definitions;
  }

  /** The action of this term that the categories define, whatever the state of the entity. */
  actionOf(categories: readonly string[], term: string): Action | undefined {
    for (const id of categories) {
      const category = this.byId.get(id);
      if (!category || category.class === 'action') continue;
      const found = category.actions.map((actionId) => this.byId.get(actionId)).find((action) => action?.term === term);
      if (found?.class === 'action') return found;
    }
    return undefined;
  }
}
