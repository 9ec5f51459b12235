import type { Size } from '../../catalogue/size.js';
import type { Action, Instance, InstanceState } from '../../cloud/instance.js';
import { childOf, childrenOf, element, leaf, type MarkupElement } from '../markup.js';
import { badRequest, ExpressError, notFound, wrongState } from './express-error.js';
import { hardwareMarkup, sizeNameIn } from './hardware.js';
import { namespace, networkId, regionOfVdc, templateIds, templateNamed, types, vdcId } from './names.js';
import type { Answer, Call, Setting } from './service.js';
import { begin } from './tasks.js';

export const vAppsIn = ({ testbed, cloud }: Setting, region: string): Instance[] =>
  testbed.fleet
    .all()
    .filter((instance) => instance.cloud === cloud.name && instance.region === region && instance.state !== 'terminated');

/** 200, and a vApp that is made and then stays off (the answer has status 0 and no task). */
export function instantiate(call: Call): Answer {
  const { cloud, testbed } = call;
  const region = cloud.region(regionOfVdc(cloud, call.id) ?? '');
  if (!region) throw notFound(`vDC ${call.id}`);
  const wish = call.body(types.instantiate, 'InstantiateVAppTemplateParams');
  const { name = '' } = wish.attributes;
  if (!/^[A-Za-z][A-Za-z0-9-]{0,14}$/.test(name))
    throw badRequest(`The name '${name}' must begin with a letter and have up to 15 letters, digits and hyphens.`);
  const template = lastOf(childOf(wish, 'VAppTemplate'));
  if (!templateIds.includes(template)) throw notFound(`vApp template ${template}`);
  const params = childOf(wish, 'InstantiationParams');
  const network = lastOf(childOf(params, 'NetworkConfigSection', 'NetworkConfig', 'NetworkAssociation'));
  if (network !== networkId(call.id)) throw badRequest('A NetworkAssociation with a network of the vDC is needed.');
  checkProperties(params);
  const [instance] = cloud.create({
    ids: [testbed.numbers.next()],
    region,
    zone: null,
    size: sizeCalled(call, region.region, sizeNameIn(childOf(params, 'VirtualHardwareSection'))),
    image: template,
    name,
    labels: {},
    keyName: null,
    stopped: true,
    request: null,
  });
  if (!instance) throw badRequest('Nothing was asked for.');
  return { type: types.vApp, markup: vAppMarkup(call, instance, '0') };
}

export const showVApp = (call: Call): Answer => ({ type: types.vApp, markup: vAppMarkup(call, foundVApp(call)) });

/** Processors and memory of a vApp that is off; its disk stays as it is. */
export function configure(call: Call): Answer {
  const instance = idleVApp(call);
  const wish = call.body(types.vApp, 'VApp');
  if (instance.state !== 'stopped') throw wrongState(`vApp ${instance.name} cannot be configured because it is powered on.`);
  const before = sizeCalled(call, instance.region, instance.size);
  call.testbed.fleet.changeSize(instance, sizeNameIn(childOf(wish, 'VirtualHardwareSection'), before));
  return begin(call, instance, 'Configure vApp');
}

/** Nothing has to be done before it can be powered on. */
export const deploy = (call: Call): Answer => begin(call, idleVApp(call), 'Deploy vApp');

const power =
  (from: InstanceState, action: Action, refusal: string) =>
  (call: Call): Answer => {
    const instance = idleVApp(call);
    if (instance.state !== from)
      throw wrongState(`vApp ${instance.name} cannot do that because it is already powered ${refusal}.`);
    return begin(call, call.testbed.fleet.act(instance, action), 'Change power state of vApp');
  };

export const powerOn = power('stopped', 'start', 'on');
export const powerOff = power('running', 'stop', 'off');
export const shutDown = power('running', 'stop', 'off');
export const reset = power('running', 'hard-reboot', 'off');

/** Of a vApp that is off. */
export function deleteVApp(call: Call): Answer {
  const instance = idleVApp(call);
  if (instance.state === 'running') throw wrongState(`vApp ${instance.name} cannot be deleted because it is powered on.`);
  return begin(call, call.testbed.fleet.act(instance, 'delete'), 'Delete vApp');
}

function foundVApp({ testbed, cloud, id }: Call): Instance {
  const instance = testbed.fleet.get(id);
  if (instance?.cloud !== cloud.name || instance.state === 'terminated') throw notFound(`vApp ${id}`);
  return instance;
}

function idleVApp(call: Call): Instance {
  const instance = foundVApp(call);
  if (instance.change !== null) throw wrongState(`vApp ${instance.name} cannot do that because there is a pending task running.`);
  return instance;
}

/** Keys are of the account's own, and it has none: nobody has asked this cloud to make one. */
function checkProperties(params: MarkupElement | undefined): void {
  const known = ['password', 'row', 'group', 'sshKeyFingerprint'];
  for (const { attributes } of [params, childOf(params, 'ProductSection')].flatMap((parent) => childrenOf(parent, 'Property'))) {
    const { key = '', value = '' } = attributes;
    if (!known.includes(key)) throw badRequest(`There is no property '${key}'.`);
    if (key === 'sshKeyFingerprint') throw notFound(`Key ${value}`);
  }
}

function sizeCalled({ cloud }: Setting, region: string, name: string): Size {
  const size = cloud.size(region, name);
  if (!size) throw new ExpressError(500, `There is no ${name}.`);
  return size;
}

const lastOf = (reference: MarkupElement | undefined): string => reference?.attributes.href?.split('/').at(-1) ?? '';

/** fog, models/shared/server.rb: 0 being created, 1 being deployed, 2 powered off, 4 powered on. */
const statuses: Partial<Readonly<Record<InstanceState, string>>> = {
  booting: '1',
  stopped: '2',
  starting: '2',
  deleting: '2',
  error: '-1',
};

function statusOf({ state, odd }: Instance): string {
  if (odd === undefined || odd === null) return statuses[state] ?? '4';
  return String(Number.isNaN(Number(odd)) ? 97 : Number(odd));
}

const ovf = 'http://schemas.dmtf.org/ovf/envelope/1';

function vAppMarkup(setting: Setting, instance: Instance, status = statusOf(instance)): string {
  const { base, cloud } = setting;
  const { id, name, region, address, image } = instance;
  const isMade = !['booting', 'error'].includes(instance.state);
  const connection = element('NetworkConnection', { xmlns: namespace, Network: 'Internal' }, leaf('IpAddress', address ?? ''));
  return element(
    'VApp',
    { xmlns: namespace, href: `${base}/vapp/${id}`, type: types.vApp, name, status, size: 10_485_760 },
    element('Link', { rel: 'up', href: `${base}/vdc/${vdcId(cloud, region)}`, type: types.vdc }),
    isMade ? element('NetworkConnectionSection', { xmlns: ovf }, connection) : '',
    isMade ? element('OperatingSystemSection', { xmlns: ovf }, leaf('Description', templateNamed(image) ?? '')) : '',
    isMade ? hardwareMarkup(sizeCalled(setting, region, instance.size)) : '',
  );
}
