import { uuidOf } from '../../../cloud/digest.js';
import type { SavedImage } from '../../../cloud/saved-images.js';
import { type OfferedImage, offeredImages } from '../../images.js';
import { account, type Call, timeOf, type View, zoneView } from '../call.js';
import { osTypeIdOf } from './places.js';
import { tagViews } from './tag-view.js';

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly architecture: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly ready: boolean;
  readonly own: boolean;
  readonly osTypeId: string;
  readonly text: string;
}

/** A public one of the operator's is there in every zone under the same id. */
const templateIdOf = (cloud: string, { portable, architecture, build }: OfferedImage): string =>
  uuidOf(`${cloud} template ${portable} ${architecture} ${build}`);

const offered = ({ cloud }: Call): Template[] =>
  offeredImages.flatMap((image) =>
    cloud.profile.regions.map(({ region }) => ({
      id: templateIdOf(cloud.name, image),
      name: `${image.portable} ${image.architecture === 'arm64' ? 'aarch64' : 'x86_64'} ${image.build}`,
      region,
      architecture: image.architecture,
      labels: {},
      createdAt: Date.parse(image.createdAt),
      ready: true,
      own: false,
      osTypeId: osTypeIdOf(image.portable),
      text: `${image.portable}, built ${image.build}`,
    })),
  );

export const ownTemplate = ({ id, name, region, architecture, labels, createdAt, state, description }: SavedImage): Template => ({
  id,
  name,
  region,
  architecture,
  labels,
  createdAt,
  ready: state === 'available',
  own: true,
  osTypeId: osTypeIdOf('other-linux'),
  text: description,
});

export const ownImagesOf = ({ testbed, cloud }: Call): SavedImage[] =>
  testbed.savedImages.all().filter((image) => image.cloud === cloud.name);

export const templatesOf = (call: Call): Template[] => [...offered(call), ...ownImagesOf(call).map(ownTemplate)];

export const templateView = ({ cloud }: Call, template: Template): View => ({
  id: template.id,
  name: template.name,
  displaytext: template.text,
  ispublic: !template.own,
  isfeatured: !template.own,
  isready: template.ready,
  crossZones: !template.own,
  created: timeOf(template.createdAt),
  passwordenabled: false,
  sshkeyenabled: false,
  format: 'QCOW2',
  hypervisor: 'KVM',
  arch: template.architecture === 'arm64' ? 'aarch64' : 'x86_64',
  bits: 64,
  ostypeid: template.osTypeId,
  ...(template.ready ? { size: 2 * 1024 ** 3, status: 'Download Complete' } : { status: 'Creating' }),
  templatetype: template.own ? 'USER' : 'BUILTIN',
  isdynamicallyscalable: false,
  ...zoneView(cloud, template.region),
  ...(template.own ? account : { ...account, account: 'system' }),
  tags: tagViews('Template', template),
});
