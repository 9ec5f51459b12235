import { type Category, categoriesJson, categoryFields, fromHeaders, type Registry } from '@cloud-agency/occi';
import { namedCategories } from './filters.js';
import { entityTypes, type MediaType, negotiate } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import { rendered } from './rendering.js';

/** `/-/`: all that the Agency speaks of. It is the same for everybody until a category changes, so each rendering is made once. */
export class QueryInterface {
  private readonly whole = new Map<MediaType, Answer>();

  constructor(private readonly registry: Registry) {}

  get(request: FrontRequest): Answer {
    const type = negotiate(request.headers.accept, entityTypes);
    const wanted = namedCategories(fromHeaders(request.headers), this.registry);
    if (wanted.length > 0) return this.show(type, wanted);
    const made =
      this.whole.get(type) ?? this.show(type, [...this.registry.kinds, ...this.registry.mixins, ...this.registry.actions]);
    this.whole.set(type, made);
    return made;
  }

  private show(type: MediaType, categories: readonly Category[]): Answer {
    return rendered(type, { fields: () => categoryFields(categories), json: () => categoriesJson(categories) });
  }
}
