import { escaped } from '../markup.js';
import { type Method, numberAt, type OneCall, oneadmin, ownGroup, ownUser } from './call.js';
import { pageOf } from './pool.js';
import { clustersOf, datastores, providedNetwork, type ProvidedTemplate, templatesOf } from './provided.js';
import { templateMarkup } from './template.js';
import { ownership, permissions } from './vm-view.js';

/** What there is to see of the installation and of oneself. */
export const infrastructureMethods: Readonly<Record<string, Method>> = {
  'one.system.version': ({ release }) => release.version,
  'one.zonepool.info': ({ region, endpoint }) =>
    `<ZONE_POOL><ZONE><ID>0</ID><NAME>${escaped(region.region)}</NAME><TEMPLATE>${templateMarkup([{ name: 'ENDPOINT', value: endpoint }])}</TEMPLATE></ZONE></ZONE_POOL>`,
  'one.clusterpool.info': ({ region }) => {
    const all = [
      { id: 0, name: 'default', hosts: '' },
      ...clustersOf(region).map(({ id, name, host }) => ({ id, name, hosts: `<ID>${host.id}</ID>` })),
    ];
    return `<CLUSTER_POOL>${all.map(clusterMarkup).join('')}</CLUSTER_POOL>`;
  },
  'one.hostpool.info': hosts,
  'one.datastorepool.info': (call) =>
    `<DATASTORE_POOL>${datastores.map((datastore) => datastoreMarkup(call, datastore)).join('')}</DATASTORE_POOL>`,
  'one.templatepool.info': (call) => {
    const pool = templatesOf(call.cloud, call.region).map((template) => ({ ...template, ...oneadmin }));
    return `<VMTEMPLATE_POOL>${pageOf(call, pool)
      .map((template) => vmTemplateMarkup(call, template))
      .join('')}</VMTEMPLATE_POOL>`;
  },
  'one.template.info': (call) => {
    const id = numberAt(call, 0);
    const template = templatesOf(call.cloud, call.region).find((candidate) => candidate.id === id);
    if (!template) throw call.words.unknown('virtual machine template', id);
    return vmTemplateMarkup(call, template);
  },
  'one.user.info': user,
};

const clusterMarkup = ({ id, name, hosts: members }: { id: number; name: string; hosts: string }): string =>
  `<CLUSTER><ID>${id}</ID><NAME>${escaped(name)}</NAME><HOSTS>${members}</HOSTS><DATASTORES>${datastores.map((datastore) => `<ID>${datastore.id}</ID>`).join('')}</DATASTORES><VNETS><ID>${providedNetwork.id}</ID></VNETS><TEMPLATE></TEMPLATE></CLUSTER>`;

function hosts({ region, cloud }: OneCall): string {
  const all = clustersOf(region).map(({ id, name, host }) => {
    const running = region.capacity - cloud.room(region, name);
    return `<HOST><ID>${host.id}</ID><NAME>${escaped(host.name)}</NAME><STATE>2</STATE><CLUSTER_ID>${id}</CLUSTER_ID><CLUSTER>${escaped(name)}</CLUSTER><HOST_SHARE><MAX_CPU>${region.capacity * 800}</MAX_CPU><RUNNING_VMS>${running}</RUNNING_VMS></HOST_SHARE><TEMPLATE></TEMPLATE></HOST>`;
  });
  return `<HOST_POOL>${all.join('')}</HOST_POOL>`;
}

function datastoreMarkup(call: OneCall, { id, name, type }: (typeof datastores)[number]): string {
  const clusters = [{ id: 0 }, ...clustersOf(call.region)].map((cluster) => `<ID>${cluster.id}</ID>`);
  const where = call.release.isFrom(5, 0)
    ? `<CLUSTERS>${clusters.join('')}</CLUSTERS>`
    : '<CLUSTER_ID>-1</CLUSTER_ID><CLUSTER></CLUSTER>';
  return `<DATASTORE><ID>${id}</ID>${ownership(0, 0, call)}<NAME>${name}</NAME>${permissions(1)}<TYPE>${type}</TYPE><STATE>0</STATE>${where}<TOTAL_MB>4194304</TOTAL_MB><FREE_MB>2097152</FREE_MB><USED_MB>2097152</USED_MB><IMAGES></IMAGES><TEMPLATE></TEMPLATE></DATASTORE>`;
}

const vmTemplateMarkup = (call: OneCall, { id, name, content }: ProvidedTemplate): string =>
  `<VMTEMPLATE><ID>${id}</ID>${ownership(oneadmin.user, oneadmin.group, call)}<NAME>${escaped(name)}</NAME>${permissions(1)}<REGTIME>1409000000</REGTIME><TEMPLATE>${templateMarkup(content)}</TEMPLATE></VMTEMPLATE>`;

/** Quotas: -2 is no limit, and used is what machines have that are not done (OpenNebula documentation, "Managing quotas"). */
function user(call: OneCall): string {
  const { cloud, region, words } = call;
  const id = numberAt(call, 0);
  if (id !== -1 && id !== ownUser) throw words.unknown('user', id);
  const machines = cloud.instances(region.region).filter(({ state }) => state !== 'terminated');
  const sizes = machines.flatMap(({ size }) => cloud.size(region.region, size) ?? []);
  const cores = sizes.reduce((sum, { vcpus }) => sum + vcpus, 0);
  const memory = sizes.reduce((sum, { memoryGib }) => sum + memoryGib * 1024, 0);
  const quota = `<CPU>-2</CPU><CPU_USED>${cores}</CPU_USED><MEMORY>-2</MEMORY><MEMORY_USED>${memory}</MEMORY_USED><VMS>${region.quota}</VMS><VMS_USED>${machines.length}</VMS_USED>`;
  return `<USER><ID>${ownUser}</ID><GID>${ownGroup}</GID><GROUPS><ID>${ownGroup}</ID></GROUPS><GNAME>users</GNAME><NAME>${cloud.name}-user</NAME><AUTH_DRIVER>core</AUTH_DRIVER><ENABLED>1</ENABLED><TEMPLATE></TEMPLATE><DATASTORE_QUOTA></DATASTORE_QUOTA><NETWORK_QUOTA></NETWORK_QUOTA><VM_QUOTA><VM>${quota}</VM></VM_QUOTA><IMAGE_QUOTA></IMAGE_QUOTA></USER>`;
}
