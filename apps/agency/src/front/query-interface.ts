import { AgencyError } from '@cloud-agency/errors';
import {
  type Category,
  type CategoryDeclaration,
  categoryId,
  fromHeaders,
  mixinsFromJson,
  newTags,
  readCategories,
  type Registry,
} from '@cloud-agency/occi';
import type { Tags } from '../tags/tags.js';
import { readBody } from './body.js';
import { entityTag, tagged } from './conditions.js';
import { namedCategories } from './filters.js';
import { entityTypes, type MediaType, negotiate } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import { categoryForms, doneAnswer, rendered } from './rendering.js';

/** `/-/`: all that the Agency speaks of. It is the same until a category changes, so each rendering is made once. */
export class QueryInterface {
  private readonly whole = new Map<MediaType, { readonly answer: Answer; readonly tag: string }>();

  constructor(
    private readonly registry: Registry,
    private readonly tags: Tags,
    private readonly isTag: (id: string) => boolean,
  ) {}

  get(request: FrontRequest): Answer {
    const type = negotiate(request.headers.accept, entityTypes);
    const wanted = namedCategories(fromHeaders(request.headers), this.registry);
    if (wanted.length > 0) return this.show(type, wanted);
    const { answer, tag } = this.whole.get(type) ?? this.made(type);
    return tagged(answer, tag, request);
  }

  /** POST: adds mixins of the client's, all of them or none. */
  async add(request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    const tags = newTags(declaredIn(request), this.registry, request.base);
    await this.tags.add(tags, request.tenant);
    return this.show(type, tags);
  }

  /** DELETE: removes mixins of the client's, and takes them from all entities. */
  async remove(request: FrontRequest): Promise<Answer> {
    const type = negotiate(request.headers.accept, entityTypes);
    const ids = declaredIn(request).map((declared) => categoryId(this.registry.get(categoryId(declared))));
    if (ids.length === 0)
      throw new AgencyError('invalid-request', { message: 'No mixin is named; send one Category for each that shall go.' });
    const own = ids.find((id) => !this.isTag(id));
    if (own !== undefined)
      throw new AgencyError('forbidden', { message: `${own} is the Agency's and stays. Nothing was removed.` });
    await this.tags.remove(ids, request.tenant);
    return doneAnswer(type);
  }

  private made(type: MediaType): { readonly answer: Answer; readonly tag: string } {
    const answer = this.show(type, [...this.registry.kinds, ...this.registry.mixins, ...this.registry.actions]);
    const bytes = Buffer.from(answer.body);
    const tag = entityTag(`${bytes.toString()}${JSON.stringify(answer.headers)}`, type);
    const made = { answer: { ...answer, body: bytes }, tag };
    this.whole.set(type, made);
    return made;
  }

  private show(type: MediaType, categories: readonly Category[]): Answer {
    return rendered(type, categoryForms(categories, this.registry));
  }
}

const declaredIn = (request: FrontRequest): CategoryDeclaration[] =>
  readBody<CategoryDeclaration[]>(request, 'A mixin', { fields: readCategories, json: mixinsFromJson });
