import { inWords } from '../../../cloud/refusal.js';
import type { SavedImage } from '../../../cloud/saved-images.js';
import { type Call, type Handler, noSuch, zoneAsked } from '../call.js';
import { denied, invalid, overLimit } from '../fault.js';
import { begin, inJob } from '../jobs.js';
import { asked, listed } from '../listing.js';
import { expectOsType } from './places.js';
import { snapshotCalled, snapshotStateOf } from './snapshots.js';
import { ownImagesOf, type Template, templatesOf, templateView } from './template-view.js';
import { rootVolumeCalled } from './volume-view.js';

const filters: Readonly<Record<string, (template: Template) => boolean>> = {
  featured: ({ own }) => !own,
  community: () => false,
  self: ({ own }) => own,
  selfexecutable: ({ own, ready }) => own && ready,
  sharedexecutable: () => false,
  executable: ({ ready }) => ready,
};

export const listTemplates: Handler = (call) => {
  const filter = call.params.require('templatefilter');
  const isMeant = Object.hasOwn(filters, filter) ? filters[filter] : undefined;
  if (!isMeant) throw invalid('Please specify a valid template filter.');
  return listed(call, 'template', asked(call, templatesOf(call)).filter(isMeant), (template) => templateView(call, template));
};

/** Of a snapshot, or of the root disk of a machine that is stopped (CreateTemplateCmd; TemplateManagerImpl.createPrivateTemplateRecord). */
export const createTemplate: Handler = (call) => {
  const { params, testbed, cloud } = call;
  const [name, description] = [params.require('name'), params.require('displaytext')];
  expectOsType(call, params.require('ostypeid'));
  const { instance, region, base } = sourceOf(call);
  const size = cloud.size(region, testbed.fleet.get(instance)?.size ?? '');
  const order = {
    id: testbed.ids.next(),
    cloud: cloud.name,
    region,
    name,
    description,
    labels: {},
    architecture: size?.architecture ?? ('x86_64' as const),
    instance,
    base,
  };
  const { id, change } = inWords({ quota: () => overLimit('template') }, () => testbed.savedImages.create(order));
  return { id, jobid: begin(call, { subject: 'Template', subjectId: id, change }).id };
};

function sourceOf(call: Call): Pick<SavedImage, 'instance' | 'region' | 'base'> {
  const { params, testbed } = call;
  const [snapshotId, volumeId] = [params.get('snapshotid'), params.get('volumeid')];
  if ((snapshotId === undefined) === (volumeId === undefined))
    throw invalid('Failed to create private template record, neither volume ID nor snapshot ID were specified.');
  if (snapshotId !== undefined) {
    const snapshot = snapshotCalled(call, 'snapshotid', snapshotId);
    if (snapshotStateOf(snapshot, testbed.clock.now()) !== 'BackedUp')
      throw invalid(`Snapshot id=${snapshot.id} is not in BackedUp state yet and can't be used for template creation`);
    return { instance: snapshot.machine, region: snapshot.region, base: snapshot.base };
  }
  const machine = rootVolumeCalled(call, 'volumeid', volumeId ?? '');
  if (machine.state !== 'stopped')
    throw invalid(
      `Unable to create private template for volume: ${volumeId ?? ''}; volume is attached to a non-stopped VM, please stop the VM first`,
    );
  return { instance: machine.id, region: machine.region, base: machine.image };
}

export const deleteTemplate: Handler = (call) => {
  const id = call.params.require('id');
  const own = ownImagesOf(call).find((image) => image.id === id);
  if (!own && templatesOf(call).some((template) => template.id === id))
    throw denied(`Account testbed does not have permission to operate with resource Template ${id}`);
  if (!own) throw noSuch(call, 'id', id);
  return inJob(call, 'None', id, () => {
    call.testbed.savedImages.delete(own);
    return null;
  });
};

/** The template that a new machine is to be made of. @throws CloudStackFault 431 */
export function deployableTemplate(call: Call): Template {
  const id = call.params.require('templateid');
  const zone = zoneAsked(call);
  const all = templatesOf(call).filter((template) => template.id === id);
  if (all.length === 0) throw noSuch(call, 'templateid', id);
  const here = all.find(({ region }) => region === zone?.region);
  if (!here?.ready) throw invalid(`Template ${id} has not been completely downloaded to the zone ${zone?.region ?? ''}`);
  return here;
}
