import type { Action, Instance, InstanceState } from '../../cloud/instance.js';
import type { Asked, CloudRoutes, Said } from '../protocol.js';
import { bodyText } from '../request.js';
import { expectImage, flavorCalled, flavorIdOf, onlyRegion } from './catalogue.js';
import { document, notFound, SliceError } from './slicehost.js';
import { collection, resource, textOf } from './xml.js';

export function serveSlices(routes: CloudRoutes): void {
  routes.add('GET', '/slices.xml', (asked) =>
    document(
      collection(
        'slices',
        there(asked).map((slice) => view(asked, slice)),
      ),
    ),
  );
  routes.add('POST', '/slices.xml', create);
  routes.add('GET', '/slices/:file', (asked) => document(view(asked, sliceOf(asked))));
  routes.add('DELETE', '/slices/:file', destroy);
  routes.add('PUT', '/slices/:id/destroy.xml', destroy);
  routes.add('PUT', '/slices/:id/reboot.xml', power('reboot'));
  routes.add('PUT', '/slices/:id/hard_reboot.xml', power('hard-reboot'));
}

const there = ({ cloud }: Asked): Instance[] => cloud.instances(onlyRegion(cloud).region).filter(isThere);

/** A slice whose build has failed is shown as terminated for a while; one that its owner has destroyed is not. */
const isThere = ({ state, fault }: Instance): boolean => state !== 'terminated' || fault !== null;

function create(asked: Asked): Said {
  const { cloud, testbed, request } = asked;
  const xml = bodyText(request);
  const [name, flavor, image] = ['name', 'flavor-id', 'image-id'].map((field) => textOf(xml, field));
  if (!name || !/^[\w.-]{1,255}$/.test(name)) throw new SliceError(422, 'Name is invalid');
  if (!flavor) throw new SliceError(422, "Flavor can't be blank");
  if (!image) throw new SliceError(422, "Image can't be blank");
  const [slice] = cloud.create({
    ids: [testbed.numbers.next()],
    region: onlyRegion(cloud),
    zone: null,
    size: flavorCalled(cloud, flavor),
    image: expectImage(image),
    name,
    labels: {},
    keyName: null,
    request: null,
  });
  if (!slice) throw notFound('Slice');
  return { ...document(view(asked, slice, `pw-${slice.id}`)), status: 201 };
}

function destroy(asked: Asked): Said {
  asked.testbed.fleet.act(sliceOf(asked), 'delete');
  return { type: 'application/xml', body: '' };
}

const power =
  (action: Action) =>
  (asked: Asked): Said =>
    document(view(asked, asked.testbed.fleet.act(sliceOf(asked), action)));

function sliceOf(asked: Asked): Instance {
  const id = asked.params.id ?? asked.params.file?.replace(/\.xml$/, '') ?? '';
  const slice = asked.cloud.instance(onlyRegion(asked.cloud).region, id);
  if (!slice || !isThere(slice)) throw notFound(`Slice with ID=${id}`);
  return slice;
}

const statuses: Partial<Readonly<Record<InstanceState, string>>> = {
  running: 'active',
  booting: 'build',
  rebooting: 'reboot',
  terminated: 'terminated',
};

/** A slice that somebody has shut down from inside stays `active`, and one on its way out is until it is gone: the API has no words for them. */
function view({ cloud }: Asked, slice: Instance, rootPassword?: string): string {
  const address = slice.state === 'booting' ? null : slice.address;
  return resource('slice', {
    id: Number(slice.id),
    name: slice.name,
    'flavor-id': flavorIdOf(cloud, slice.size),
    'image-id': Number(slice.image),
    'backup-id': null,
    status: slice.odd ?? statuses[slice.state] ?? 'active',
    progress: slice.launchedAt === null ? 40 : 100,
    'bw-in': 0,
    'bw-out': 0,
    'ip-address': address,
    addresses: address === null ? [] : [address],
    ...(rootPassword === undefined ? {} : { 'root-password': rootPassword }),
  });
}
