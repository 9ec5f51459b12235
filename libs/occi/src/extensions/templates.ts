/** Templates: the standard sizes (GFD.222, CRTP), the portable images, what agreements are made from, and what EGI clients send for ssh_key and user_data. */
import { portableImages } from '@cloud-agency/sla';
import { float, immutable, initial, integer, mandatory, mutable, preset, required, text } from '../model/attribute.js';
import { type Extension, type Mixin, mixin } from '../model/category.js';
import { computeId, osTemplateId, resourceTemplateId } from './infrastructure.js';
import { agreementId, agreementTemplateId } from './sla.js';

const size = (term: string, cores: number, memory: number, ephemeral: number): Mixin =>
  mixin({
    term,
    scheme: 'http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#',
    title: `${term}: cores ${String(cores)}, memory ${String(memory)} GiB, disk ${String(ephemeral)} GiB`,
    location: `/resource_tpl/${term}/`,
    depends: [resourceTemplateId],
    applies: [computeId],
    attributes: {
      'occi.compute.cores': preset(mutable(integer, 'Number of virtual CPU cores'), cores),
      'occi.compute.memory': preset(mutable(float, 'Memory, GiB'), memory),
      'occi.compute.ephemeral_storage.size': preset(immutable(float, 'Ephemeral disk, GiB'), ephemeral),
      // M 1 in the profile; clients send templates without attributes, so there is a default.
      'occi.compute.ephemeral_storage.deviceid': preset(required(text, 'Device of the ephemeral disk'), '/dev/vdb'),
    },
  });

export const resourceTemplates: Extension = {
  kinds: [],
  mixins: [
    size('small', 1, 1, 10),
    size('medium', 2, 2, 20),
    size('large', 4, 4, 40),
    size('mem_small', 1, 4, 10),
    size('mem_medium', 2, 8, 20),
    size('mem_large', 4, 16, 40),
  ],
  actions: [],
};

const imageScheme = 'http://schemas.cloud-agency.dev/occi/os_tpl#';
const imageTerm = (image: string): string => image.toLowerCase().replace(/[^a-z0-9_-]/g, '_');
const imagesByTemplate = new Map(portableImages.map((image) => [imageScheme + imageTerm(image), image]));

/** The portable image name behind one of the Agency's OS templates; undefined for any other mixin. */
export const imageOfTemplate = (id: string): string | undefined => imagesByTemplate.get(id);

/** One os_tpl template for each portable image name, e.g. `debian-12`. Terms of OCCI 1.1 have no dots, so `ubuntu-24.04` becomes `ubuntu-24_04`. */
export const imageTemplates = (images: readonly string[]): Extension => ({
  kinds: [],
  mixins: images.map((image) => {
    const term = imageTerm(image);
    return mixin({
      term,
      scheme: imageScheme,
      title: image,
      location: `/os_tpl/${term}/`,
      depends: [osTemplateId],
      applies: [computeId],
    });
  }),
  actions: [],
});

const agreementScheme = 'http://schemas.cloud-agency.dev/occi/agreement_tpl#';

/** What the front shows of an agreement template; the template itself is a document of WS-Agreement at the same place. */
export interface TemplateName {
  readonly id: string;
  readonly title: string;
}

/** The mixin that an agreement made from a template has. */
export const agreementTemplateMixin = (template: string): string => agreementScheme + template;

/** One mixin for each agreement template, which depends on agreement_tpl (GFD.228). */
export const agreementTemplates = (templates: readonly TemplateName[]): Extension => ({
  kinds: [],
  mixins: templates.map(({ id, title }) =>
    mixin({
      term: id,
      scheme: agreementScheme,
      title,
      location: `/agreement_tpl/${id}/`,
      depends: [agreementTemplateId],
      applies: [agreementId],
    }),
  ),
  actions: [],
});

/** What OpenStack's OCCI interface called them; EGI clients still do. */
export const contextualization: Extension = {
  kinds: [],
  mixins: [
    mixin({
      term: 'user_data',
      scheme: 'http://schemas.openstack.org/compute/instance#',
      title: 'User data (OpenStack)',
      location: '/openstack/user_data/',
      applies: [computeId],
      attributes: {
        'org.openstack.compute.user_data': mandatory(initial(text, 'Given to the machine at its first boot, base64')),
      },
    }),
    mixin({
      term: 'public_key',
      scheme: 'http://schemas.openstack.org/instance/credentials#',
      title: 'Public key (OpenStack)',
      location: '/openstack/public_key/',
      applies: [computeId],
      attributes: {
        'org.openstack.credentials.publickey.name': initial(text, 'Name of the key'),
        'org.openstack.credentials.publickey.data': mandatory(initial(text, 'Public key')),
      },
    }),
  ],
  actions: [],
};
