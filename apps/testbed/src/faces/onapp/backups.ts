import type { SavedImage } from '../../cloud/saved-images.js';
import type { Call, Handler } from './call.js';
import { diskCalled } from './disks.js';
import { notFound, OnAppError, unprocessable } from './onapp-error.js';
import { isTemplate, templatesOf, templateView } from './templates.js';
import { vmCalled } from './vms.js';
import { Wishes } from './wishes.js';

const placeOf = ({ cloud, region }: Call) => ({ cloud: cloud.name, region: region.region });

const backupsOf = (call: Call): SavedImage[] => call.testbed.savedImages.in(placeOf(call)).filter((image) => !isTemplate(image));

/** @throws OnAppError 404 */
function backupCalled(call: Call): SavedImage {
  const backup = backupsOf(call).find(({ id }) => id === call.params.id);
  if (backup) return backup;
  throw notFound();
}

export const listBackups: Handler = (call) => {
  const { id } = vmCalled(call);
  return {
    body: backupsOf(call)
      .filter(({ instance }) => instance === id)
      .map(backupView),
  };
};

export const showBackup: Handler = (call) => ({ body: backupView(backupCalled(call)) });

/** Of the primary disk, which is what a template is made of. */
export const backUpDisk: Handler = (call) => {
  const { vm, kind } = diskCalled(call);
  if (kind !== 'primary') throw unprocessable('Only primary disks are backed up here');
  if (vm.state !== 'running' && vm.state !== 'stopped') throw unprocessable('Virtual server is locked');
  const backup = call.testbed.savedImages.create({
    id: call.testbed.numbers.next(),
    ...placeOf(call),
    name: Wishes.under(call, 'backup').text('note') ?? '',
    description: 'backup',
    labels: {},
    architecture: 'x86_64',
    instance: vm.id,
    base: vm.image,
  });
  return { status: 201, body: backupView(backup) };
};

export const deleteBackup: Handler = (call) => {
  call.testbed.savedImages.delete(backupCalled(call));
  return {};
};

/** The answer is the template, which is active once it has been made. */
export const convertBackup: Handler = (call) => {
  const backup = backupCalled(call);
  const wishes = Wishes.under(call, 'backup');
  const label = wishes.requiredText('label');
  if (backup.state !== 'available') throw unprocessable('Backup is not built yet');
  const { id } = call.testbed.savedImages.create({
    ...backup,
    id: call.testbed.numbers.next(),
    name: label,
    description: 'template',
    labels: { min_disk_size: String(wishes.number('min_disk_size', 1) ?? 5) },
  });
  const template = templatesOf(call).find((candidate) => candidate.id === id);
  if (!template) throw notFound();
  return { status: 201, body: templateView(template) };
};

/** @throws OnAppError 403 for those that everybody has. */
export const deleteTemplate: Handler = (call) => {
  const template = call.testbed.savedImages.in(placeOf(call)).find((image) => isTemplate(image) && image.id === call.params.id);
  if (template) call.testbed.savedImages.delete(template);
  else if (templatesOf(call).some(({ id }) => id === call.params.id)) throw new OnAppError(403, ['The template is not yours.']);
  else throw notFound();
  return {};
};

const backupView = ({ id, name, instance, base, state, createdAt }: SavedImage) => ({
  backup: {
    id: Number(id),
    note: name,
    target_type: 'Disk',
    virtual_machine_id: Number(instance),
    template_id: Number(base),
    backup_type: 'manual',
    built: state === 'available',
    locked: state !== 'available',
    created_at: new Date(createdAt).toISOString(),
  },
});
