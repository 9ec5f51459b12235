import type { RegionProfile } from '../../catalogue/profile.js';
import { element, leaf } from '../markup.js';
import { notFound } from './express-error.js';
import { namespace, networkId, organizationId, regionOfVdc, templateIds, templateNamed, types, vdcId } from './names.js';
import { type Answer, type Call, sessionCookie } from './service.js';
import { vAppsIn } from './vapps.js';

const link = (type: string, name: string, href: string): string => element('Link', { rel: 'down', type, name, href });

/** Who the session is for, and the organization that it leads to. */
export const logIn = (call: Call): Answer => ({
  headers: sessionCookie(call),
  markup: element(
    'OrgList',
    { xmlns: namespace },
    element('Org', { href: `${call.base}/org/${organizationId}`, type: types.org, name: call.cloud.profile.title }),
  ),
});

export function showOrganization({ base, cloud, id }: Call): Answer {
  if (id !== organizationId) throw notFound(`Organization ${id}`);
  const vdcs = cloud.profile.regions.flatMap(({ region }) => {
    const vdc = `${base}/vdc/${vdcId(cloud, region)}`;
    return [link(types.vdc, region, vdc), link(types.catalog, `${region} Catalog`, `${vdc}/catalog`)];
  });
  return {
    type: types.org,
    markup: element(
      'Org',
      { xmlns: namespace, href: `${base}/org/${id}`, name: cloud.profile.title },
      ...vdcs,
      link(types.tasksList, 'Tasks List', `${base}/tasksList/${id}`),
      leaf('Description', ''),
    ),
  };
}

const regionOf = ({ cloud, id }: Call): RegionProfile => {
  const region = cloud.region(regionOfVdc(cloud, id) ?? '');
  if (!region) throw notFound(`vDC ${id}`);
  return region;
};

const capacity = (name: string, units: string, limit = 0, used = 0): string =>
  element(name, {}, leaf('Units', units), leaf('Allocated', 0), leaf('Limit', limit), leaf('Used', used));

export function showVdc(call: Call): Answer {
  const { base, id } = call;
  const { region: name, quota } = regionOf(call);
  const vApps = vAppsIn(call, name);
  const entities = vApps.map((vApp) =>
    element('ResourceEntity', { href: `${base}/vapp/${vApp.id}`, type: types.vApp, name: vApp.name }),
  );
  const network = { href: `${base}/network/${networkId(id)}`, type: types.network, name: '10.114.34.128/26' };
  return {
    type: types.vdc,
    markup: element(
      'Vdc',
      { xmlns: namespace, href: `${base}/vdc/${id}`, type: types.vdc, name },
      link(types.catalog, `${name} Catalog`, `${base}/vdc/${id}/catalog`),
      capacity('StorageCapacity', 'bytes * 10^9'),
      element(
        'ComputeCapacity',
        {},
        capacity('Cpu', 'hz * 10^6'),
        capacity('Memory', 'bytes * 2^20'),
        element('InstantiatedVmsQuota', {}, leaf('Limit', quota), leaf('Used', vApps.length)),
        element('DeployedVmsQuota', {}, leaf('Limit', quota), leaf('Used', vApps.length)),
      ),
      element('ResourceEntities', {}, ...entities),
      element('AvailableNetworks', {}, element('Network', network)),
    ),
  };
}

export function showCatalog(call: Call): Answer {
  const { base, id } = call;
  const { region } = regionOf(call);
  const items = templateIds.map((template) =>
    element('CatalogItem', { href: `${base}/catalogItem/${template}`, type: types.catalogItem, name: templateNamed(template) }),
  );
  return {
    type: types.catalog,
    markup: element(
      'Catalog',
      { xmlns: namespace, href: `${base}/vdc/${id}/catalog`, type: types.catalog, name: `${region} Catalog` },
      element('CatalogItems', {}, ...items),
    ),
  };
}

export function showItem({ base, id }: Call): Answer {
  const name = templateNamed(id);
  if (name === undefined) throw notFound(`Catalog item ${id}`);
  return {
    type: types.catalogItem,
    markup: element(
      'CatalogItem',
      { xmlns: namespace, href: `${base}/catalogItem/${id}`, type: types.catalogItem, name },
      element('Entity', { href: `${base}/vAppTemplate/${id}`, type: types.vAppTemplate, name }),
      element('Property', { key: 'LicensingCost' }, '0'),
    ),
  };
}

export function showTemplate({ base, id }: Call): Answer {
  const name = templateNamed(id);
  if (name === undefined) throw notFound(`vApp template ${id}`);
  return {
    type: types.vAppTemplate,
    markup: element(
      'VAppTemplate',
      { xmlns: namespace, href: `${base}/vAppTemplate/${id}`, type: types.vAppTemplate, name },
      leaf('Description', name),
    ),
  };
}

export function showNetwork({ base, cloud, id }: Call): Answer {
  const vdc = cloud.profile.regions.map(({ region }) => vdcId(cloud, region)).find((candidate) => networkId(candidate) === id);
  if (vdc === undefined) throw notFound(`Network ${id}`);
  return {
    type: types.network,
    markup: element(
      'Network',
      { xmlns: namespace, href: `${base}/network/${id}`, type: types.network, name: '10.114.34.128/26' },
      element('Configuration', {}, leaf('Gateway', '10.114.34.129'), leaf('Netmask', '255.255.255.192')),
      element('Features', {}, leaf('FenceMode', 'isolated')),
    ),
  };
}
