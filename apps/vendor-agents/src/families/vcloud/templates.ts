import type { SavedImage } from '../../vendor/port.js';
import { imageAmong, type ListedImage, type WantedImage } from '../../vendor/image-names.js';
import { text, type XmlElement } from '../../vendor/xml.js';
import type { VcloudApi } from './api.js';
import { queried } from './query.js';
import { idIn, required } from './references.js';
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

/** Unresolved until it has been copied. */
export function savedImageOf(template: XmlElement): SavedImage {
  const busy = text(template, '@status') === '0' || tasksOf(template).some(({ state }) => state === 'running');
  const failed = text(template, '@status') === '-1';
  return { vendorId: idIn(required(template, 'href', 'a template')), state: failed ? 'error' : busy ? 'building' : 'active' };
}
