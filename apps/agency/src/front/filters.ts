import { type Category, categoryId, type Entity, readFields, type ReceivedField, type Registry } from '@cloud-agency/occi';
import type { EntityQuery } from './entity-source.js';

export type Filters = EntityQuery['filters'];

/** The categories that the Category fields name. @throws AgencyError not-found for one that does not exist, invalid-request. */
export const namedCategories = (fields: readonly ReceivedField[], registry: Registry): Category[] =>
  readFields(fields.filter(({ name }) => name === 'Category')).categories.map((ref) => registry.get(categoryId(ref)));

/** What a listing is narrowed by: Category and X-OCCI-Attribute headers (OCCI.md 2.2). */
export function filtersOf(fields: readonly ReceivedField[], registry: Registry): Filters {
  const attributes = readFields(fields.filter(({ name }) => name === 'X-OCCI-Attribute')).attributes;
  return {
    categories: namedCategories(fields, registry).map(categoryId),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [registry.spelling.meant(name), String(value)]),
    ),
  };
}

export const isEmpty = ({ categories, attributes }: Filters): boolean =>
  categories.length === 0 && Object.keys(attributes).length === 0;

/** Whether the entity has every category, by its kind's ancestors too, and every value. */
export function matches(entity: Entity, { categories, attributes }: Filters, registry: Registry): boolean {
  const core: Record<string, string | undefined> = {
    'occi.core.id': entity.id,
    'occi.core.title': entity.title,
    'occi.core.summary': entity.summary,
  };
  const own = (name: string): unknown => (Object.hasOwn(entity.attributes, name) ? entity.attributes[name] : undefined);
  const valueOf = (name: string): unknown => (Object.hasOwn(core, name) ? core[name] : own(name));

  return (
    categories.every((id) => entity.mixins.includes(id) || registry.isA(entity.kind, id)) &&
    Object.entries(attributes).every(([name, wanted]) => String(valueOf(name)) === wanted)
  );
}
