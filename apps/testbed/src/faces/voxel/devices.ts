import { freeSize, type Size } from '../../catalogue/size.js';
import type { Action, Instance, InstanceState } from '../../cloud/instance.js';
import type { Asked, Said } from '../protocol.js';
import type { XmlData } from '../xml-data.js';
import { expectImage, facilityCalled, systemCalled } from './catalogue.js';
import { actionFailed, badParameter, ok, parametersOf, unknownDevice } from './hapi.js';

/** Memory comes with the cores. */
const gibPerCore = 2;

export function createVoxcloud(asked: Asked): Said {
  const { cloud, testbed, request } = asked;
  const given = parametersOf(request);
  const hostname = given.get('hostname') ?? '';
  if (!/^[a-z0-9]([a-z0-9.-]{0,253}[a-z0-9])?$/i.test(hostname))
    throw badParameter('hostname: only letters, numbers, dashes and dots, beginning and ending with a letter or number');
  const [device] = cloud.create({
    ids: [testbed.numbers.next()],
    region: facilityCalled(cloud, given.get('facility') ?? ''),
    zone: null,
    size: sizeOf(whole(given, 'processing_cores', 1, 14), whole(given, 'disk_size', 10, 1000)),
    image: expectImage(given.get('image_id') ?? ''),
    name: hostname,
    labels: {},
    keyName: null,
    request: null,
  });
  if (!device) throw actionFailed('insufficient capacity');
  return ok({ device: { ...statusView(asked, device), status: 'QUEUED' } });
}

/** @throws HapiError */
function whole(given: URLSearchParams, name: string, least: number, most: number): number {
  const text = given.get(name) ?? '';
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw badParameter(`${name}: a whole number between ${least} and ${most} is required`);
  return value;
}

function sizeOf(cores: number, disk: number): Size {
  const size = freeSize(`c${cores}-m${cores * gibPerCore}-d${disk}`);
  if (!size) throw badParameter('no such size');
  return size;
}

/** Of one VM, a deleted one for a while too; of all that there are without a device_id. */
export function statusOfVoxcloud(asked: Asked): Said {
  const id = parametersOf(asked.request).get('device_id');
  const chosen = id === null ? there(asked) : [deviceOf(asked, true)];
  return ok({ devices: { device: chosen.map((device) => statusView(asked, device)) } });
}

export function deleteVoxcloud(asked: Asked): Said {
  asked.testbed.fleet.act(deviceOf(asked), 'delete');
  return ok();
}

/** One, or all. They carry no status: that is told by voxel.voxcloud.status alone. */
export function listDevices(asked: Asked): Said {
  const given = parametersOf(asked.request);
  const verbosity = given.get('verbosity') ?? 'normal';
  if (!['compact', 'normal', 'extended'].includes(verbosity)) throw badParameter('verbosity: compact, normal or extended');
  const chosen = given.has('device_id') ? [deviceOf(asked)] : there(asked);
  const show = verbosity === 'compact' ? compactView : view;
  return ok({ devices: { device: chosen.map((device) => show(asked, device)) } });
}

const powerActions: Readonly<Record<string, { readonly from: InstanceState; readonly action: Action }>> = {
  on: { from: 'stopped', action: 'start' },
  off: { from: 'running', action: 'stop' },
  reboot: { from: 'running', action: 'hard-reboot' },
};

export function power(asked: Asked): Said {
  const wanted = parametersOf(asked.request).get('power_action') ?? '';
  const known = Object.hasOwn(powerActions, wanted) ? powerActions[wanted] : undefined;
  if (!known) throw badParameter('power_action: on, off or reboot');
  const device = deviceOf(asked);
  if (device.state !== known.from) throw actionFailed(`the device is ${statusOf(device)}`);
  asked.testbed.fleet.act(device, known.action);
  return ok();
}

const everywhere = ({ cloud }: Asked): Instance[] => cloud.profile.regions.flatMap(({ region }) => cloud.instances(region));
const there = (asked: Asked): Instance[] => everywhere(asked).filter(({ state }) => state !== 'terminated');

/** @throws HapiError */
function deviceOf(asked: Asked, deletedToo = false): Instance {
  const id = parametersOf(asked.request).get('device_id');
  if (!id) throw badParameter('device_id is required');
  const device = (deletedToo ? everywhere(asked) : there(asked)).find((each) => each.id === id);
  if (!device) throw unknownDevice();
  return device;
}

/** api.voxel.net/docs, voxel.voxcloud.status: Notes. */
const statuses: Partial<Readonly<Record<InstanceState, string>>> = {
  booting: 'IN_PROGRESS',
  starting: 'IN_PROGRESS',
  stopped: 'OFF',
  deleting: 'IN_PROGRESS',
  terminated: 'DELETED',
  error: 'FAILED',
};

const statusOf = ({ odd, state }: Instance): string => odd ?? statuses[state] ?? 'SUCCEEDED';

const statusView = ({ testbed }: Asked, device: Instance) => ({
  id: device.id,
  last_update: Math.floor(testbed.clock.now() / 1000),
  status: statusOf(device),
});

const compactView = (_: Asked, { id, name }: Instance): XmlData => ({
  '@id': id,
  '@label': name,
  type: { '@id': 3, '#text': 'Virtual Server' },
});

function view(asked: Asked, device: Instance): XmlData {
  const { id, name, region, address, state } = device;
  const size = asked.cloud.size(region, device.size);
  return {
    '@id': id,
    '@label': name,
    type: { '@id': 3, '#text': 'Virtual Server' },
    description: 'VoxCLOUD server',
    model: { '@id': 1, '#text': 'VoxCLOUD' },
    location: { facility: { '@id': 1, '@code': region, '#text': region } },
    operating_system: { name: systemCalled(device.image), architecture: 64 },
    processor: { cores: size?.vcpus },
    memory: { '@size': (size?.memoryGib ?? 0) * 1024 },
    storage: { drive: { '@position': 1, size: size?.diskGib } },
    ipassignments:
      address === null || state === 'booting'
        ? {}
        : { ipassignment: [{ '@id': id, '@type': 'frontend', '@description': 'public', '#text': address }] },
  };
}
