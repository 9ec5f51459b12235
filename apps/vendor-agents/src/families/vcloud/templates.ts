import type { SavedImage } from '../../vendor/port.js';
import { imageAmong, type ListedImage, type WantedImage } from '../../vendor/image-names.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { list, text, type XmlElement } from '../../vendor/xml.js';
import type { VcloudApi } from './api.js';
import { catalogItem } from './documents.js';
import type { Places } from './places.js';
import { queried } from './query.js';
import { idIn, linksTo, required } from './references.js';
import { tasksOf } from './tasks.js';

/** The template that a portable image name means; templates do not tell their architecture, and are for x64. */
export async function templateNamed(api: VcloudApi, own: Readonly<Record<string, string>>, wanted: WantedImage): Promise<string> {
  return imageAmong(await templates(api), own, wanted);
}

export async function templates(api: VcloudApi): Promise<readonly ListedImage[]> {
  return (await queried(api, 'vAppTemplate', 'VAppTemplateRecord')).map((record) => ({
    id: idIn(required(record, 'href', 'a template')),
    name: text(record, '@name') ?? '',
    created: text(record, '@creationDate'),
  }));
}

/**
 * Puts a template of the account's own into a catalog of its own, where it is not yet: machines are made of templates in catalogs.
 * @throws VendorError forbidden when the account may add to none.
 */
export async function catalogued(api: VcloudApi, places: Places, { name, id }: { readonly name: string; readonly id: string }) {
  for (const { href } of linksTo(await places.org(), 'catalog')) {
    const catalog = await api.call({ method: 'GET', at: href, roots: ['Catalog'] });
    const [add] = linksTo(catalog, 'catalogItem');
    if (!add) continue;
    if (list(catalog, ['CatalogItems'], 'CatalogItem').some((item) => text(item, '@name') === name)) return;
    const body = catalogItem(name, `${api.base}/vAppTemplate/${id}`);
    await api.call({ method: 'POST', at: add.href, body, type: 'catalogItem', roots: ['CatalogItem'] });
    return;
  }
  throw new VendorError('forbidden', 'the account may add templates to no catalog');
}

/** Unresolved until it has been copied. */
export function savedImageOf(template: XmlElement): SavedImage {
  const busy = text(template, '@status') === '0' || tasksOf(template).some(({ state }) => state === 'running');
  const failed = text(template, '@status') === '-1';
  return { vendorId: idIn(required(template, 'href', 'a template')), state: failed ? 'error' : busy ? 'building' : 'active' };
}
