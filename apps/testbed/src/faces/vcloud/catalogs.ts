import { childOf, element, leaf } from '../markup.js';
import { catalogId, organizationId, ownCatalog, publicCatalog, types } from './names.js';
import { type Call, type Handler, referred, type Setting } from './service.js';
import { duplicate, foundTemplate, inReference, publicItems, templatesIn } from './templates.js';
import type { CatalogItem } from './things.js';
import { badRequest, namespace, noAccess } from './vcloud-error.js';

/** One catalog that everybody reads, and one of the account's own. */
export const showCatalog: Handler = (call) => {
  const { base, cloud, id } = call;
  const name = nameOf(call);
  const items = itemsOf(call, name).map((item) =>
    element('CatalogItem', { type: types.catalogItem, name: item.name, href: `${base}/catalogItem/${item.id}` }),
  );
  const add = element('Link', { rel: 'add', type: types.catalogItem, href: `${base}/catalog/${id}/catalogItems` });
  return {
    type: types.catalog,
    markup: element(
      'Catalog',
      { xmlns: namespace, name, id: `urn:vcloud:catalog:${id}`, type: types.catalog, href: `${base}/catalog/${id}` },
      element('Link', { rel: 'up', type: types.org, href: `${base}/org/${organizationId(cloud)}` }),
      name === ownCatalog ? add : '',
      leaf('Description', ''),
      element('CatalogItems', {}, ...items),
      leaf('IsPublished', name === publicCatalog),
    ),
  };
};

export const showItem: Handler = (call) => ({ type: types.catalogItem, markup: itemMarkup(call, foundItem(call)) });

export const addItem: Handler = (call) => {
  const { base, cloud, keeping, testbed } = call;
  if (nameOf(call) !== ownCatalog) throw noAccess('catalog', call.id);
  const wish = call.body(types.catalogItem, 'CatalogItem', ['Description', 'Entity', 'Property']);
  const name = wish.attributes.name ?? '';
  if (name === '') throw badRequest("Attribute 'name' must appear on element 'CatalogItem'.");
  const href = referred(wish, 'Entity');
  const entity = inReference(href, () => foundTemplate(call, href)).id;
  if (itemsOf(call, ownCatalog).some((item) => item.name === name || item.entity === entity)) throw duplicate(name);
  const description = childOf(wish, 'Description')?.text ?? '';
  const item = keeping.items.save({ id: testbed.ids.next(), cloud: cloud.name, name, description, entity });
  const location = `${base}/catalogItem/${item.id}`;
  return { status: 201, type: types.catalogItem, markup: itemMarkup(call, item), headers: { location } };
};

/** The template stays, and cannot be instantiated any more. */
export const deleteItem: Handler = (call) => {
  const item = foundItem(call);
  if (!call.keeping.items.get(item.id)) throw noAccess('catalogitem', call.id);
  call.keeping.items.forget(item);
  return { status: 204 };
};

/** The name of the catalog that a template is found in. */
export function catalogOf(setting: Setting, template: string): string | undefined {
  return [publicCatalog, ownCatalog].find((name) => itemsOf(setting, name).some(({ entity }) => entity === template));
}

function nameOf({ cloud, id }: Call): string {
  const name = [publicCatalog, ownCatalog].find((candidate) => catalogId(cloud, candidate) === id);
  if (name === undefined) throw noAccess('catalog', id);
  return name;
}

function itemsOf(setting: Setting, catalog: string): CatalogItem[] {
  if (catalog === publicCatalog) return publicItems(setting);
  return setting.keeping.items.all().filter(({ cloud }) => cloud === setting.cloud.name);
}

function foundItem(call: Call): CatalogItem {
  const all = [...itemsOf(call, publicCatalog), ...itemsOf(call, ownCatalog)];
  const item = all.find(({ id }) => id === call.id);
  if (!item) throw noAccess('catalogitem', call.id);
  return item;
}

function itemMarkup(setting: Setting, { id, name, description, entity }: CatalogItem): string {
  const { base, cloud } = setting;
  const catalog = catalogId(cloud, setting.keeping.items.get(id) ? ownCatalog : publicCatalog);
  const template = templatesIn(setting).find((candidate) => candidate.id === entity);
  return element(
    'CatalogItem',
    { xmlns: namespace, name, id: `urn:vcloud:catalogitem:${id}`, type: types.catalogItem, href: `${base}/catalogItem/${id}` },
    element('Link', { rel: 'up', type: types.catalog, href: `${base}/catalog/${catalog}` }),
    leaf('Description', description),
    element('Entity', { type: types.vAppTemplate, name: template?.name, href: `${base}/vAppTemplate/${entity}` }),
  );
}
