import { inWords } from '../../cloud/refusal.js';
import type { SavedImage } from '../../cloud/saved-images.js';
import { childOf, element, leaf } from '../markup.js';
import { publicImages, publicItemId, publicTemplateId, regionOfVdc, templateNetwork, types, vdcId, vmIdOf } from './names.js';
import { type Answer, type Call, type Handler, referred, type Setting } from './service.js';
import { accepted, begin, tasksMarkup, timeOf } from './tasks.js';
import { badReference, badRequest, busy, namespace, noAccess, VCloudError, wrongState } from './vcloud-error.js';
import { foundVApp } from './vapps.js';

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** The virtual datacenter that it lies in. */
  readonly region: string;
  /** That of the image it was published as, or captured from. */
  readonly saved: SavedImage | null;
  readonly createdAt: number;
}

/** The templates that everybody has lie in the first virtual datacenter; what was captured, where its vApp was. */
export function templatesIn({ testbed, cloud }: Setting, region?: string): Template[] {
  const [home] = cloud.profile.regions;
  const published = publicImages.map((image) => ({
    id: publicTemplateId(cloud, image),
    name: image.portable,
    description: `${image.portable}, built ${image.build}`,
    region: home?.region ?? '',
    saved: null,
    createdAt: Date.parse(image.createdAt),
  }));
  const captured = testbed.savedImages
    .all()
    .filter((image) => image.cloud === cloud.name)
    .map((saved) => ({ ...saved, saved }));
  return [...published, ...captured].filter((template) => region === undefined || template.region === region);
}

/** @throws VCloudError 403 */
export function foundTemplate(setting: Setting, id: string): Template {
  const template = templatesIn(setting).find((candidate) => candidate.id === id || vmIdOf(candidate.id) === id);
  if (!template) throw noAccess('vapptemplate', id);
  return template;
}

/** 1.5, "Cataloging vApp Templates and Media Images": a template that is in no catalog cannot be instantiated. */
export const isCataloged = ({ keeping }: Setting, { id, saved }: Template): boolean =>
  saved === null || keeping.items.all().some(({ entity }) => entity === id);

export const showTemplate: Handler = (call) => ({
  type: types.vAppTemplate,
  markup: templateMarkup(call, foundTemplate(call, call.id)),
});

/** Of an undeployed vApp (1.5, "Capturing and Importing vApps"). */
export const captureVApp: Handler = (call) => {
  const { testbed, cloud } = call;
  const region = regionOfVdc(cloud, call.id);
  if (region === undefined) throw noAccess('vdc', call.id);
  const wish = call.body(types.capture, 'CaptureVAppParams', ['Description', 'Source']);
  const name = wish.attributes.name ?? '';
  if (name === '') throw badRequest("Attribute 'name' must appear on element 'CaptureVAppParams'.");
  const source = referred(wish, 'Source');
  const { vApp, instance } = inReference(source, () => foundVApp(call, source));
  if (instance.change !== null) throw busy(instance.name);
  if (vApp.deployed) throw wrongState(`vApp "${instance.name}". Stop the vApp and try again.`);
  if (templatesIn(call).some((template) => template.name === name)) throw duplicate(name);
  const saved = testbed.savedImages.create({
    id: `vappTemplate-${testbed.ids.next()}`,
    cloud: cloud.name,
    region,
    name,
    description: childOf(wish, 'Description')?.text ?? '',
    labels: { size: instance.size },
    architecture: 'x86_64',
    instance: instance.id,
    base: instance.image,
  });
  begin(call, {
    operation: `Capturing Virtual Application Template ${name}(${saved.id.replace('vappTemplate-', '')})`,
    operationName: 'vdcCaptureTemplate',
    owner: { id: saved.id, name, type: types.vAppTemplate },
    changeAt: null,
  });
  return created(call, saved.id);
};

export const deleteTemplate: Handler = (call) => {
  const { id, name, saved } = foundTemplate(call, call.id);
  if (saved === null) throw noAccess('vapptemplate', call.id);
  if (saved.state !== 'available') throw busy(name);
  call.testbed.savedImages.delete(saved);
  for (const item of call.keeping.items.all()) if (item.entity === id) call.keeping.items.forget(item);
  const operation = `Deleting Virtual Application Template ${name}`;
  const owner = { id, name, type: types.vAppTemplate };
  return accepted(call, begin(call, { operation, operationName: 'vdcDeleteTemplate', owner, changeAt: null }));
};

export const duplicate = (name: string): VCloudError =>
  new VCloudError(400, 'DUPLICATE_NAME', `The VCD entity ${name} already exists.`);

/** What a body refers to and is not there is a bad reference; what a path names is no access. */
export function inReference<T>(href: string, find: () => T): T {
  try {
    return inWords({}, find);
  } catch (error) {
    throw error instanceof VCloudError && error.status === 403 ? badReference(href) : error;
  }
}

function created(call: Call, id: string): Answer {
  const template = foundTemplate(call, id);
  return {
    status: 201,
    type: types.vAppTemplate,
    markup: templateMarkup(call, template),
    headers: { location: `${call.base}/vAppTemplate/${id}` },
  };
}

/** VAppTemplate status: 0 while it is being captured, 8 (powered off) once it can be used. */
function templateMarkup(setting: Setting, template: Template): string {
  const { base, cloud } = setting;
  const { id, name, description, saved } = template;
  const status = saved === null || saved.state === 'available' ? 8 : 0;
  const vm = vmIdOf(id);
  const connection = element(
    'NetworkConnection',
    { network: templateNetwork },
    leaf('NetworkConnectionIndex', 0),
    leaf('IsConnected', true),
    leaf('IpAddressAllocationMode', 'POOL'),
  );
  const child = element(
    'Vm',
    { name, id: `urn:vcloud:vm:${vm.slice(3)}`, type: types.vm, href: `${base}/vAppTemplate/${vm}` },
    element('Link', { rel: 'up', type: types.vAppTemplate, href: `${base}/vAppTemplate/${id}` }),
    leaf('Description', ''),
    element('NetworkConnectionSection', {}, leaf('ovf:Info', ''), leaf('PrimaryNetworkConnectionIndex', 0), connection),
    leaf('VAppScopedLocalId', name),
  );
  const network = element('ovf:Network', { 'ovf:name': templateNetwork }, leaf('ovf:Description', ''));
  return element(
    'VAppTemplate',
    {
      xmlns: namespace,
      'xmlns:ovf': 'http://schemas.dmtf.org/ovf/envelope/1',
      ovfDescriptorUploaded: true,
      status,
      name,
      id: `urn:vcloud:vapptemplate:${id.replace('vappTemplate-', '')}`,
      type: types.vAppTemplate,
      href: `${base}/vAppTemplate/${id}`,
    },
    element('Link', { rel: 'up', type: types.vdc, href: `${base}/vdc/${vdcId(cloud, template.region)}` }),
    saved === null ? '' : element('Link', { rel: 'remove', href: `${base}/vAppTemplate/${id}` }),
    leaf('Description', description),
    tasksMarkup(setting, id),
    status === 8 ? element('Children', {}, child) : '',
    element('ovf:NetworkSection', {}, leaf('ovf:Info', 'The list of logical networks'), network),
    leaf('DateCreated', timeOf(template.createdAt)),
  );
}

/** The catalog item of every template that is published to all. */
export const publicItems = (setting: Setting) =>
  publicImages.map((image) => ({
    id: publicItemId(setting.cloud, image),
    cloud: setting.cloud.name,
    name: image.portable,
    description: '',
    entity: publicTemplateId(setting.cloud, image),
  }));
