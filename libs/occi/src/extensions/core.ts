/** GFD.221, Core. */
import { immutable, mutable, path, required, text } from '../model/attribute.js';
import { type Extension, type Kind, kind } from '../model/category.js';

const scheme = 'http://schemas.ogf.org/occi/core#';

export const entityId = `${scheme}entity`;
export const resourceId = `${scheme}resource`;
export const linkId = `${scheme}link`;

const entity: Kind = {
  class: 'kind',
  term: 'entity',
  scheme,
  title: 'Entity',
  actions: [],
  attributes: {
    'occi.core.id': immutable(text, 'Identifier, unique within its kind'),
    'occi.core.title': mutable(text, 'Name for people'),
  },
};

const resource = kind({
  term: 'resource',
  scheme,
  title: 'Resource',
  parent: entityId,
  attributes: { 'occi.core.summary': mutable(text, 'Description for people') },
});

const link = kind({
  term: 'link',
  scheme,
  title: 'Link',
  parent: entityId,
  attributes: {
    'occi.core.source': required(path, 'Path of the resource it leads from'),
    'occi.core.target': required(text, 'URI of what it leads to'),
    'occi.core.source.kind': mutable(text, 'Kind of the source'),
    'occi.core.target.kind': mutable(text, 'Kind of the target'),
  },
});

export const core: Extension = { kinds: [entity, resource, link], mixins: [], actions: [] };
