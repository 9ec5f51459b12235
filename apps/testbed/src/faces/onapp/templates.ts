import type { SavedImage } from '../../cloud/saved-images.js';
import { newestImages } from '../images.js';
import type { Call, Handler } from './call.js';
import { OnAppError } from './onapp-error.js';

/** A template as the control panel knows it. */
export interface Template {
  readonly id: string;
  readonly label: string;
  readonly distro: string;
  readonly own: boolean;
  readonly ready: boolean;
  /** GB. */
  readonly minDisk: number;
  readonly createdAt: string;
}

/** Numbers of the templates that everybody has begin here. */
const firstTemplate = 101;
export const minMemory = 256;
const minDisk = 5;

const labels: Readonly<Record<string, string>> = { debian: 'Debian', ubuntu: 'Ubuntu', rocky: 'Rocky Linux', alpine: 'Alpine' };

const shared: readonly Template[] = newestImages
  .filter(({ architecture }) => architecture === 'x86_64')
  .map(({ portable, createdAt }, place) => {
    const [distro = '', release = ''] = portable.split('-');
    const label = `${labels[distro] ?? distro} ${release} x64`;
    return { id: String(firstTemplate + place), label, distro, own: false, ready: true, minDisk, createdAt };
  });

/** Those made of backups are among the images that the account has saved. */
export const isTemplate = ({ description }: SavedImage): boolean => description === 'template';

export function templatesOf({ testbed, cloud, region }: Call): Template[] {
  const own = testbed.savedImages.in({ cloud: cloud.name, region: region.region }).filter(isTemplate);
  return [
    ...shared,
    ...own.map(({ id, name, state, labels: { min_disk_size: least }, createdAt }) => ({
      id,
      label: name,
      distro: 'linux',
      own: true,
      ready: state === 'available',
      minDisk: Number(least ?? minDisk),
      createdAt: new Date(createdAt).toISOString(),
    })),
  ];
}

/** @throws OnAppError 422 unless there is such a template to build from. */
export function templateFor(call: Call, id: number): Template {
  const template = templatesOf(call).find((candidate) => candidate.id === String(id));
  if (template?.ready) return template;
  throw new OnAppError(422, { template_id: [template ? 'is not active' : 'does not exist'] });
}

export const listTemplates: Handler = (call) => ({ body: templatesOf(call).map(templateView) });
export const listOwnTemplates: Handler = (call) => ({
  body: templatesOf(call)
    .filter(({ own }) => own)
    .map(templateView),
});

export const templateView = ({ id, label, distro, own, ready, minDisk: least, createdAt }: Template) => ({
  image_template: {
    id: Number(id),
    label,
    operating_system: 'linux',
    operating_system_distro: distro,
    operating_system_arch: 'x64',
    min_disk_size: least,
    min_memory_size: minMemory,
    allowed_swap: true,
    state: ready ? 'active' : 'inactive',
    user_id: own ? 1 : null,
    created_at: createdAt,
  },
});
