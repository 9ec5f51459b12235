import { element, leaf } from '../markup.js';
import {
  catalogId,
  networkId,
  networkName,
  organizationId,
  organizationName,
  ownCatalog,
  publicCatalog,
  regionOfVdc,
  types,
  vdcId,
} from './names.js';
import type { Answer, Handler, Setting } from './service.js';
import { templatesIn } from './templates.js';
import { namespace, noAccess } from './vcloud-error.js';
import { vAppsIn } from './vapps.js';

const link = (rel: string, type: string, href: string, name?: string): string => element('Link', { rel, type, name, href });

export const showVersions = ({ base }: Setting): Answer => ({
  type: 'text/xml',
  markup: element(
    'SupportedVersions',
    { xmlns: 'http://www.vmware.com/vcloud/versions' },
    element('VersionInfo', {}, leaf('Version', '1.5'), leaf('LoginUrl', `${base}/sessions`)),
  ),
});

export function logIn(setting: Setting): Answer {
  const { id } = setting.testbed.sessions.issue(setting.cloud.name);
  return { ...session(setting), headers: { 'x-vcloud-authorization': id } };
}

export const showSession: Handler = (call) => session(call);

export const logOut: Handler = ({ testbed, token }) => {
  testbed.sessions.end(token);
  return { status: 204 };
};

const session = ({ base, cloud }: Setting): Answer => ({
  type: types.session,
  markup: element(
    'Session',
    { xmlns: namespace, user: `${cloud.name}-user`, org: organizationName, type: types.session, href: `${base}/session/` },
    link('down', types.orgList, `${base}/org/`),
    link('remove', types.session, `${base}/session/`),
    link('down', types.queryList, `${base}/query`),
  ),
});

export const listOrganizations: Handler = ({ base, cloud }) => ({
  type: types.orgList,
  markup: element(
    'OrgList',
    { xmlns: namespace, type: types.orgList, href: `${base}/org/` },
    element('Org', { type: types.org, name: organizationName, href: `${base}/org/${organizationId(cloud)}` }),
  ),
});

export const showOrganization: Handler = ({ base, cloud, id }) => {
  if (id !== organizationId(cloud)) throw noAccess('org', id);
  const vdcs = cloud.profile.regions.map(({ region }) => link('down', types.vdc, `${base}/vdc/${vdcId(cloud, region)}`, region));
  const catalogs = [publicCatalog, ownCatalog].map((name) =>
    link('down', types.catalog, `${base}/catalog/${catalogId(cloud, name)}`, name),
  );
  return {
    type: types.org,
    markup: element(
      'Org',
      { xmlns: namespace, name: organizationName, id: `urn:vcloud:org:${id}`, type: types.org, href: `${base}/org/${id}` },
      ...vdcs,
      ...catalogs,
      link('down', types.network, `${base}/network/${networkId(cloud)}`, networkName),
      leaf('Description', ''),
      leaf('FullName', cloud.profile.title),
    ),
  };
};

const capacity = (name: string, units: string): string =>
  element(name, {}, leaf('Units', units), leaf('Allocated', 0), leaf('Limit', 0), leaf('Used', 0), leaf('Overhead', 0));

/** Its actions, the vApps and templates in it, the networks it can use, and how many virtual machines it may hold. */
export const showVdc: Handler = (call) => {
  const { base, cloud, id } = call;
  const name = regionOfVdc(cloud, id) ?? '';
  const region = cloud.region(name);
  if (!region) throw noAccess('vdc', id);
  const href = `${base}/vdc/${id}`;
  const templates = templatesIn(call, name).map((template) =>
    element('ResourceEntity', { type: types.vAppTemplate, name: template.name, href: `${base}/vAppTemplate/${template.id}` }),
  );
  const vApps = vAppsIn(call, name).map(({ instance }) =>
    element('ResourceEntity', { type: types.vApp, name: instance.name, href: `${base}/vApp/${instance.id}` }),
  );
  const network = element('Network', { type: types.network, name: networkName, href: `${base}/network/${networkId(cloud)}` });
  return {
    type: types.vdc,
    markup: element(
      'Vdc',
      { xmlns: namespace, status: 1, name, id: `urn:vcloud:vdc:${id}`, type: types.vdc, href },
      link('up', types.org, `${base}/org/${organizationId(cloud)}`),
      link('add', types.instantiate, `${href}/action/instantiateVAppTemplate`),
      link('add', types.capture, `${href}/action/captureVApp`),
      leaf('Description', ''),
      leaf('AllocationModel', 'AllocationVApp'),
      capacity('StorageCapacity', 'MB'),
      element('ComputeCapacity', {}, capacity('Cpu', 'MHz'), capacity('Memory', 'MB')),
      element('ResourceEntities', {}, ...templates, ...vApps),
      element('AvailableNetworks', {}, network),
      element('Capabilities', {}, element('SupportedHardwareVersions', {}, leaf('SupportedHardwareVersion', 'vmx-08'))),
      leaf('NicQuota', 0),
      leaf('NetworkQuota', 0),
      leaf('VmQuota', region.quota),
      leaf('IsEnabled', true),
    ),
  };
};

export const showNetwork: Handler = ({ base, cloud, id }) => {
  if (id !== networkId(cloud)) throw noAccess('network', id);
  return {
    type: types.network,
    markup: element(
      'OrgNetwork',
      { xmlns: namespace, name: networkName, id: `urn:vcloud:network:${id}`, type: types.network, href: `${base}/network/${id}` },
      link('up', types.org, `${base}/org/${organizationId(cloud)}`),
      leaf('Description', ''),
      element('Configuration', {}, leaf('FenceMode', 'bridged')),
    ),
  };
};
