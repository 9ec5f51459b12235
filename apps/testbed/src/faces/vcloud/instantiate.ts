import { childOf, childrenOf, type MarkupElement } from '../markup.js';
import { networkId, regionOfVdc, templateNetwork, types } from './names.js';
import { type Call, expectOrder, type Handler, referred } from './service.js';
import { sizeCalled, templateSize } from './sizes.js';
import { beginOn } from './tasks.js';
import { duplicate, foundTemplate, inReference, isCataloged, type Template } from './templates.js';
import type { VApp } from './things.js';
import { badReference, badRequest, noAccess } from './vcloud-error.js';
import { vAppMarkup } from './vapp-view.js';
import { forgetLost, vAppsIn } from './vapps.js';

const parts = ['Description', 'VAppParent', 'InstantiationParams', 'Source', 'IsSourceDelete', 'AllEULAsAccepted'] as const;
/** What can be said of a vApp as a whole. Its machines are changed once they are there (1.0, "About Instantiation Parameters"). */
const sections = ['LeaseSettingsSection', 'StartupSection', 'NetworkConfigSection', 'CustomizationSection'];

/** 201 and a vApp with status 0, whose task makes it. */
export const instantiate: Handler = (call) => {
  const { cloud, testbed, keeping } = call;
  const region = cloud.region(regionOfVdc(cloud, call.id) ?? '');
  if (!region) throw noAccess('vdc', call.id);
  const wish = call.body(types.instantiate, 'InstantiateVAppTemplateParams', parts);
  const { name, template, networks } = readWish(call, wish);
  const powerOn = wish.attributes.powerOn === 'true';
  const size = sizeCalled(call, region.region, template.saved?.labels.size ?? templateSize);
  forgetLost(call);
  const [instance] = cloud.create({
    ids: [`vapp-${testbed.ids.next()}`],
    region,
    zone: null,
    size,
    image: template.id,
    name,
    labels: {},
    keyName: null,
    stopped: !powerOn,
    request: null,
  });
  if (!instance) throw badRequest('Nothing was asked for.');
  const vApp = keeping.vApps.save({
    id: instance.id,
    cloud: cloud.name,
    description: childOf(wish, 'Description')?.text ?? '',
    deployed: powerOn || wish.attributes.deploy === 'true',
    networks,
    properties: {},
    vm: machineOf(template, networks),
  });
  beginOn(call, instance, 'Creating Virtual Application', 'vdcInstantiateVapp');
  return {
    status: 201,
    type: types.vApp,
    markup: vAppMarkup(call, { vApp, instance }),
    headers: { location: `${call.base}/vApp/${instance.id}` },
  };
};

function readWish(call: Call, wish: MarkupElement): { name: string; template: Template; networks: string[] } {
  const { name = '' } = wish.attributes;
  if (name === '' || name.length > 128) throw badRequest(`The name of a vApp has 1 to 128 characters: '${name}'.`);
  if (vAppsIn(call).some(({ instance }) => instance.name === name)) throw duplicate(name);
  const source = referred(wish, 'Source');
  const template = inReference(source, () => foundTemplate(call, source));
  if (template.id !== source || !isCataloged(call, template) || template.saved?.change) throw badReference(source);
  return { name, template, networks: networksIn(call, wish) };
}

function networksIn(call: Call, wish: MarkupElement): string[] {
  const params = childOf(wish, 'InstantiationParams');
  const stranger = params?.children.find((section) => !sections.includes(section.name));
  if (stranger) throw badRequest(`InstantiationParams of a vApp cannot contain a ${stranger.name}.`);
  return readNetworks(call, childOf(params, 'NetworkConfigSection'));
}

/** The names of a vApp's networks. @throws VCloudError 400 */
export function readNetworks(call: Call, section: MarkupElement | undefined): string[] {
  return childrenOf(section, 'NetworkConfig').map((config) => {
    const { networkName: name = '' } = config.attributes;
    const configuration = childOf(config, 'Configuration');
    if (name === '' || !configuration) throw badRequest('A NetworkConfig needs a networkName and a Configuration.');
    expectOrder(configuration, ['IpScope', 'ParentNetwork', 'FenceMode', 'RetainNetInfoAcrossDeployments', 'Features']);
    const parent = referred(configuration, 'ParentNetwork');
    if (parent !== networkId(call.cloud)) throw badReference(parent);
    const mode = childOf(configuration, 'FenceMode')?.text ?? '';
    if (!['bridged', 'natRouted'].includes(mode)) throw badRequest(`The fence mode of ${name} cannot be '${mode}'.`);
    return name;
  });
}

/** It is connected where the vApp has a network of the name that its template wants. */
const machineOf = ({ name }: Template, networks: readonly string[]): VApp['vm'] => ({
  name,
  description: '',
  connection: networks.includes(templateNetwork)
    ? { network: templateNetwork, isConnected: true, mode: 'POOL' }
    : { network: 'none', isConnected: false, mode: 'NONE' },
  guest: { enabled: true, script: '', computerName: name.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 63) },
  metadata: {},
  properties: {},
});
