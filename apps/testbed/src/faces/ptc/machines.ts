import { Type } from '@sinclair/typebox';
import type { Action, Instance, InstanceState } from '../../cloud/instance.js';
import { metricsOf } from '../../cloud/metrics.js';
import { type Answer, ApiError, type Api, type Call, invalid, notFound, page, readBody } from './api.js';
import { expectImage, savedImageView, sizeCalled } from './catalogue.js';

const Tags = Type.Record(Type.String({ maxLength: 128 }), Type.String({ maxLength: 256 }));

const MachineWish = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128 }),
    zone: Type.Optional(Type.String()),
    size: Type.String(),
    image: Type.String(),
    ssh_key: Type.Optional(Type.String({ pattern: '^(ssh|ecdsa)-' })),
    user_data: Type.Optional(Type.String({ maxLength: 131_072 })),
    tags: Type.Optional(Tags),
    /** The same token is the same machine, however often it is asked for. */
    token: Type.String({ minLength: 8, maxLength: 64 }),
  },
  { additionalProperties: false },
);
const ActionWish = Type.Object({ action: Type.String(), size: Type.Optional(Type.String()) }, { additionalProperties: false });
const ImageWish = Type.Object(
  { name: Type.String({ minLength: 1 }), token: Type.String({ minLength: 8 }) },
  { additionalProperties: false },
);

export function serveMachines(api: Api): void {
  api.regional('GET', '/machines', list);
  api.regional('POST', '/machines', create);
  api.regional('GET', '/machines/:id', (call) => ({ body: view(machineOf(call)) }));
  api.regional('DELETE', '/machines/:id', (call) => {
    call.testbed.fleet.act(machineOf(call), 'delete');
    return { status: 202 };
  });
  api.regional('PUT', '/machines/:id/tags', retag);
  api.regional('POST', '/machines/:id/actions', act);
  api.regional('POST', '/machines/:id/images', save);
  api.regional('GET', '/machines/:id/console', (call) => ({ body: { text: consoleOf(machineOf(call)) } }));
  api.regional('GET', '/machines/:id/metrics', metrics);
}

const there = (call: Call): Instance[] => call.cloud.instances(call.region.region).filter(({ state }) => state !== 'terminated');

/** `?tag=key=value` or `?token=…` picks some. */
function list(call: Call): Answer {
  const [tag, token] = [call.query.get('tag'), call.query.get('token')];
  const chosen = there(call)
    .filter(
      (machine) => tag === null || tag === `${tag.split('=', 1)[0] ?? ''}=${machine.labels[tag.split('=', 1)[0] ?? ''] ?? ''}`,
    )
    .filter((machine) => token === null || machine.request?.token === token);
  return page(call, 'machines', chosen.map(view));
}

function create(call: Call): Answer {
  const wish = readBody(MachineWish, call.body);
  const earlier = there(call).find(({ request }) => request?.token === wish.token);
  if (earlier) return { status: 200, body: view(earlier) };
  const { region, testbed, cloud } = call;
  if (wish.zone !== undefined && !region.zones.includes(wish.zone)) throw notFound(`zone '${wish.zone}'`);
  const [machine] = cloud.create({
    ids: [testbed.ids.next()],
    region,
    zone: wish.zone ?? null,
    size: sizeCalled(call, wish.size),
    image: expectImage(call, wish.image),
    name: wish.name,
    labels: wish.tags ?? {},
    keyName: null,
    userData: wish.user_data,
    request: { token: wish.token, digest: '', reservation: '' },
  });
  return { status: 202, body: machine && view(machine) };
}

/** These and no others. */
function retag(call: Call): Answer {
  const labels = readBody(Tags, call.body);
  call.testbed.fleet.relabel(machineOf(call), labels);
  return { body: labels };
}

const actions: Readonly<Record<string, Action>> = {
  start: 'start',
  stop: 'stop',
  restart: 'hard-reboot',
  suspend: 'suspend',
  resume: 'resume',
};

/** A machine is resized while it is stopped. */
function act(call: Call): Answer {
  const { action, size } = readBody(ActionWish, call.body);
  const machine = machineOf(call);
  const { fleet } = call.testbed;
  if (action === 'resize') {
    fleet.changeSize(machine, sizeCalled(call, size ?? '').name);
    return { status: 202 };
  }
  const known = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (known === undefined) throw invalid(`action: '${action}' is none of ${Object.keys(actions).join(', ')}, resize`);
  fleet.act(machine, known);
  return { status: 202 };
}

function save(call: Call): Answer {
  const { name, token } = readBody(ImageWish, call.body);
  const machine = machineOf(call);
  const { savedImages, ids } = call.testbed;
  const earlier = savedImages.in(call.place).find(({ labels }) => labels.token === token);
  if (earlier) return { body: savedImageView(earlier) };
  const { architecture } = sizeCalled(call, machine.size);
  const labels = { token };
  const saved = savedImages.create({
    id: ids.next(),
    ...call.place,
    name,
    description: '',
    labels,
    architecture,
    instance: machine.id,
    base: machine.image,
  });
  return { status: 202, body: savedImageView(saved) };
}

function metrics(call: Call): Answer {
  const machine = machineOf(call);
  const now = call.testbed.clock.now();
  const measured = metricsOf(machine, sizeCalled(call, machine.size), now);
  return {
    body: {
      at: new Date(now).toISOString(),
      cpu_percent: measured.cpuPercent,
      memory_mib: measured.memoryUsedMib,
      network_in_bytes: measured.networkInBytes,
      network_out_bytes: measured.networkOutBytes,
      disk_read_bytes: measured.diskReadBytes,
      disk_write_bytes: measured.diskWriteBytes,
    },
  };
}

const consoleOf = ({ id, launchedAt }: Instance): string =>
  launchedAt === null ? '' : `[    0.000000] Booting machine ${id}\nlogin: `;

function machineOf(call: Call): Instance {
  const machine = call.cloud.instance(call.region.region, call.params.id ?? '');
  if (!machine || machine.state === 'terminated') throw notFound(`machine '${call.params.id ?? ''}'`);
  return machine;
}

/** @throws ApiError conflict unless there is such a machine, and it is one that volumes can come and go at. */
export function machineFor(call: Call, id: string): Instance {
  const machine = call.cloud.instance(call.region.region, id);
  if (!machine || machine.state === 'terminated') throw notFound(`machine '${id}'`);
  if (machine.state !== 'running' && machine.state !== 'stopped')
    throw new ApiError(409, 'conflict', `Machine ${id} is ${machine.state}.`);
  return machine;
}

const states: Partial<Readonly<Record<InstanceState, string>>> = {
  running: 'running',
  stopped: 'stopped',
  suspended: 'suspended',
  error: 'failed',
};

const view = (machine: Instance) => ({
  id: machine.id,
  name: machine.name,
  state: machine.odd ?? states[machine.state] ?? 'changing',
  zone: machine.zone,
  size: machine.size,
  image: machine.image,
  address: machine.state === 'booting' ? null : machine.address,
  tags: machine.labels,
  token: machine.request?.token ?? null,
  failure: machine.fault && { code: 'boot_failed', message: machine.fault.message },
  created: new Date(machine.createdAt).toISOString(),
});
