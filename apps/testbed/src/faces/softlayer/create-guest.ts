import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { RpcAnswer } from '../rpc-routes.js';
import type { RpcStruct } from '../xml-rpc.js';
import { number, type SlCall, struct, structs, templateOf, text } from './call.js';
import { exception, invalid, missing } from './fault.js';
import { guestView, sizeCalled } from './guest-view.js';
import { imageIdentified } from './images.js';
import { coreOptions, diskOptions, memoryOptions, operatingSystems, portSpeeds } from './options.js';
import { one } from './result.js';
import { keysOf } from './ssh-keys.js';

const kind = 'SoftLayer_Virtual_Guest';
const required = ['hostname', 'domain', 'startCpus', 'maxMemory', 'hourlyBillingFlag', 'localDiskFlag'] as const;

/** `createObject`: an order, placed by a template with what it requires. The guest is ready once it has a provision date. */
export function createGuest(call: SlCall): RpcAnswer {
  const { testbed, cloud } = call;
  const template = templateOf(call);
  const absent = required.find((name) => template[name] === undefined || template[name] === '');
  if (absent !== undefined) throw missing(absent, kind);
  const { hostname, domain } = names(template);
  const image = imageOf(call, template);
  const region = datacenterOf(cloud, template);
  const called = sizeOf(template);
  const size = cloud.size(region.region, called);
  if (!size) throw invalid(`There is no guest of ${called}.`);
  expectSpeed(template);
  const [key] = keysOf(call, structs(template, 'sshKeys'));
  const [userData] = structs(template, 'userData');
  const [guest] = cloud.create({
    ids: [testbed.numbers.next()],
    region,
    zone: null,
    size,
    image,
    name: hostname,
    labels: {
      domain,
      os: text(template, 'operatingSystemReferenceCode') ?? '',
      local: String(template.localDiskFlag === true || template.localDiskFlag === 'true'),
    },
    ...(userData ? { userData: text(userData, 'value') ?? '' } : {}),
    keyName: key?.name ?? null,
    request: null,
  });
  if (!guest) throw exception('Public', 'Could not place order.');
  return one(call, guestView(cloud, guest));
}

function names(template: RpcStruct): { readonly hostname: string; readonly domain: string } {
  const [hostname = '', domain = ''] = [text(template, 'hostname'), text(template, 'domain')];
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(hostname))
    throw invalid('Hostname must be alphanumeric strings that may be separated by hyphens, and no longer than 63 characters.');
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(domain))
    throw invalid('Domain must be alphanumeric strings that may be separated by hyphens and periods.');
  return { hostname, domain };
}

function datacenterOf(cloud: Cloud, template: RpcStruct): RegionProfile {
  const name = text(struct(template, 'datacenter') ?? {}, 'name');
  if (name === undefined) throw missing('datacenter.name', kind);
  const region = cloud.region(name);
  if (!region) throw exception('Order_InvalidLocation', 'The location provided for this order is invalid.');
  return region;
}

/** An operating system, or an image of the account's: one of them, not both. */
function imageOf(call: SlCall, template: RpcStruct): string {
  const code = text(template, 'operatingSystemReferenceCode');
  const identifier = text(struct(template, 'blockDeviceTemplateGroup') ?? {}, 'globalIdentifier');
  if (code === undefined && identifier === undefined) throw missing('operatingSystemReferenceCode', kind);
  if (code !== undefined && identifier !== undefined)
    throw invalid("Only one of 'operatingSystemReferenceCode' and 'blockDeviceTemplateGroup' may be given.");
  if (identifier !== undefined) return imageIdentified(call, identifier).id;
  if (operatingSystems.some((system) => system.code === code)) return code ?? '';
  throw invalid(`Invalid value provided for 'operatingSystemReferenceCode': ${code ?? ''}.`);
}

const defaultDiskGb = 25;

function sizeOf(template: RpcStruct): string {
  const [cores, memory] = [number(template, 'startCpus') ?? NaN, (number(template, 'maxMemory') ?? NaN) / 1024];
  if (!coreOptions.some((option) => option.cores === cores))
    throw exception('NotFound', `Unable to find price for core capacity of ${cores}.`);
  if (!memoryOptions.some((option) => option.gib === memory))
    throw exception('NotFound', `Unable to find price for memory capacity of ${memory}.`);
  const [first] = structs(template, 'blockDevices').filter((device) => number(device, 'device') === 0);
  const disk = first ? number(struct(first, 'diskImage') ?? {}, 'capacity') : defaultDiskGb;
  if (disk === undefined || !diskOptions.some(({ gb }) => gb === disk))
    throw exception('NotFound', `Unable to find price for disk capacity of ${String(disk)}.`);
  return sizeCalled(cores, memory, disk);
}

function expectSpeed(template: RpcStruct): void {
  const [component] = structs(template, 'networkComponents');
  const speed = component ? number(component, 'maxSpeed') : undefined;
  if (component && !portSpeeds.includes(speed ?? NaN))
    throw exception('NotFound', `Unable to find price for network speed of ${String(speed)}.`);
}
