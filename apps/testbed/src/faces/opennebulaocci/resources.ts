import type { Size } from '../../catalogue/size.js';
import { escaped } from '../markup.js';
import { type ProvidedImage, providedImages, providedNetwork } from '../opennebula/provided.js';
import { found, type Handler, notFound, type OcciCall, OcciError, ownUser } from './occi-call.js';

export const listCollections: Handler = ({ base }) => {
  const names = ['compute', 'instance_type', 'network', 'storage', 'user'];
  const links = names.map((name) => `<${name.toUpperCase()}_COLLECTION href="${base}/${name}"/>`);
  return found(`<COLLECTIONS>${links.join('')}</COLLECTIONS>`);
};

/** An entry of a list that is not verbose. */
export const link = ({ base }: OcciCall, kind: string, id: string | number, name: string): string =>
  `<${kind.toUpperCase()} href="${base}/${kind}/${id}" name="${escaped(name)}"/>`;

export const listInstanceTypes: Handler = (call) => {
  const sizes = [...call.cloud.sizes(call.region.region)].sort((a, b) => (a.name < b.name ? -1 : 1));
  const entries = sizes.map((size) =>
    call.isVerbose ? instanceType(call, size) : link(call, 'instance_type', size.name, size.name),
  );
  return found(`<INSTANCE_TYPE_COLLECTION>${entries.join('')}</INSTANCE_TYPE_COLLECTION>`);
};

export const showInstanceType: Handler = (call) => {
  const size = call.cloud.sizes(call.region.region).find(({ name }) => name === call.id);
  if (!size) throw new OcciError(404, `INSTANCE_TYPE ${call.id} not found`);
  return found(instanceType(call, size));
};

/** As the server's own configuration has it: cores, and memory in MiB. */
const instanceType = ({ base }: OcciCall, { name, vcpus, memoryGib }: Size): string =>
  `<INSTANCE_TYPE href="${base}/instance_type/${name}" name="${name}"><ID>${name}</ID><NAME>${name}</NAME><CPU>${vcpus}</CPU><MEMORY>${memoryGib * 1024}</MEMORY></INSTANCE_TYPE>`;

export const listStorages: Handler = (call) => {
  const entries = providedImages.map((image) =>
    call.isVerbose ? storage(call, image) : link(call, 'storage', image.id, image.name),
  );
  return found(`<STORAGE_COLLECTION>${entries.join('')}</STORAGE_COLLECTION>`);
};

export const showStorage: Handler = (call) => found(storage(call, storageCalled(call.id)));

/** @throws OcciError 404 */
export function storageCalled(id: string | undefined): ProvidedImage {
  const image = providedImages.find((candidate) => String(candidate.id) === id);
  if (!image) throw notFound('Image', id ?? '');
  return image;
}

const storage = ({ base }: OcciCall, { id, name, size }: ProvidedImage): string =>
  `<STORAGE href="${base}/storage/${id}"><ID>${id}</ID><NAME>${escaped(name)}</NAME><USER href="${base}/user/0" name="oneadmin"/><GROUP>oneadmin</GROUP><STATE>READY</STATE><TYPE>OS</TYPE><DESCRIPTION>${escaped(name)}</DESCRIPTION><SIZE>${size}</SIZE><PUBLIC>YES</PUBLIC><PERSISTENT>NO</PERSISTENT></STORAGE>`;

export const listNetworks: Handler = (call) => {
  const { id, name } = providedNetwork;
  return found(`<NETWORK_COLLECTION>${call.isVerbose ? network(call) : link(call, 'network', id, name)}</NETWORK_COLLECTION>`);
};

export const showNetwork: Handler = (call) => {
  if (call.id !== String(providedNetwork.id)) throw notFound('VirtualNetwork', call.id);
  return found(network(call));
};

function network({ base, cloud, region }: OcciCall): string {
  const { id, name } = providedNetwork;
  const used = cloud.instances(region.region).filter(({ address }) => address !== null).length;
  return `<NETWORK href="${base}/network/${id}"><ID>${id}</ID><NAME>${name}</NAME><USER href="${base}/user/0" name="oneadmin"/><GROUP>oneadmin</GROUP><ADDRESS>127.0.0.1</ADDRESS><SIZE>253</SIZE><USED_LEASES>${used}</USED_LEASES><PUBLIC>YES</PUBLIC></NETWORK>`;
}

export const listUsers: Handler = (call) =>
  found(
    `<USER_COLLECTION>${call.isVerbose ? user(call) : link(call, 'user', ownUser, `${call.cloud.name}-user`)}</USER_COLLECTION>`,
  );

export const showUser: Handler = (call) => {
  if (call.id !== ownUser) throw notFound('User', call.id);
  return found(user(call));
};

/** UserOCCI of the source: what the account may have, 0 being no limit, and what it has. */
function user(call: OcciCall): string {
  const { base, cloud, region } = call;
  const machines = cloud.instances(region.region).filter(({ state }) => state !== 'terminated');
  const sizes = machines.flatMap(({ size }) => cloud.size(region.region, size) ?? []);
  const cores = sizes.reduce((sum, { vcpus }) => sum + vcpus, 0);
  const memory = sizes.reduce((sum, { memoryGib }) => sum + memoryGib * 1024, 0);
  const quota = `<QUOTA><CPU>0</CPU><MEMORY>0</MEMORY><NUM_VMS>${region.quota}</NUM_VMS><STORAGE>0</STORAGE></QUOTA>`;
  const usage = `<USAGE><CPU>${cores}</CPU><MEMORY>${memory}</MEMORY><NUM_VMS>${machines.length}</NUM_VMS><STORAGE>0</STORAGE></USAGE>`;
  return `<USER href="${base}/user/${ownUser}"><ID>${ownUser}</ID><NAME>${cloud.name}-user</NAME><GROUP>users</GROUP>${quota}${usage}</USER>`;
}
