import { AgencyError } from '@cloud-agency/errors';
import { checkAttributes } from './check-attributes.js';
import { assertMixinsApply } from './check-mixins.js';
import type { LinkRef } from './model/entity.js';
import type { Registry } from './registry.js';
import { typed } from './typed-attributes.js';

/** What an inline link says by its place: where it stands, and its target. */
const byPlace = ['occi.core.source', 'occi.core.target'];

/**
 * The links that a client draws or repeats inside a resource.
 * @throws AgencyError invalid-request for what is no kind of link or for its attributes, forbidden for mixins that do not apply, not-found.
 */
export const checkedLinks = (links: readonly LinkRef[], registry: Registry): LinkRef[] =>
  links.map((link) => checkedLink(link, registry));

function checkedLink(link: LinkRef, registry: Registry): LinkRef {
  const [kind, ...mixins] = link.categories;
  if (kind === undefined) return link;
  const shown = link.target.slice(0, 100);
  if (registry.get(kind).class !== 'kind' || !registry.isLink(kind))
    throw new AgencyError('invalid-request', { message: `The link to ${shown} names ${kind}, which is no kind of link.` });
  assertMixinsApply(mixins, kind, registry);
  const definitions = registry.attributesOf(kind, mixins);
  // The Agency gives the ids.
  const attributes = Object.fromEntries(
    Object.entries(typed(link.attributes, definitions)).filter(([name]) => name !== 'occi.core.id'),
  );
  // One that is repeated carries what the Agency set; one that is new cannot, and the definitions say what it needs.
  const isNew = link.self === '';
  if (isNew) assertGivenByClients(Object.keys(attributes), shown, definitions);
  const needed = new Map(
    [...definitions].map(([name, definition]) => [
      name,
      { ...definition, required: definition.required && isNew && !byPlace.includes(name) },
    ]),
  );
  checkAttributes(attributes, needed, `the link to ${shown}`);
  return { ...link, attributes };
}

function assertGivenByClients(names: readonly string[], target: string, definitions: ReturnType<Registry['attributesOf']>): void {
  const own = names.find((name) => {
    const definition = definitions.get(name);
    return definition && !definition.mutable && definition.initial !== true;
  });
  if (own !== undefined)
    throw new AgencyError('forbidden', { message: `${own} of the link to ${target} is set by the Agency alone.` });
}
