import { freeSize, type Size } from '../../catalogue/size.js';
import type { Action, Instance, InstanceState } from '../../cloud/instance.js';
import type { Asked } from '../protocol.js';
import { imageCalled, osStorageGib, regionOfNetwork } from './catalogue.js';
import { invalid, noServer, OpsourceError } from './failure.js';

/** A server to be deployed, as either version asks for it. */
export interface Deployment {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly image: string;
  readonly network: string;
  readonly password: string | undefined;
  readonly started: boolean;
  /** Memory in GiB; absent: what the image says. */
  readonly cpus?: number | undefined;
  readonly memory?: number | undefined;
}

export const serversOf = ({ cloud }: Asked): Instance[] =>
  cloud.profile.regions.flatMap(({ region }) => cloud.instances(region)).filter(({ state }) => state !== 'terminated');

/** @throws OpsourceError not-found */
export function serverOf(asked: Asked, id: string): Instance {
  const server = serversOf(asked).find((each) => each.id === id);
  if (!server) throw noServer(id);
  return server;
}

/** @throws OpsourceError invalid; Refusal */
export function deploy({ cloud, testbed }: Asked, wanted: Deployment): Instance {
  const { name, description } = wordsOf(wanted);
  const region = regionOfNetwork(cloud, wanted.network);
  const image = imageCalled(cloud, wanted.image);
  if (image.region !== region.region) throw invalid(`Server Image ${image.id} is not in data center ${region.region}.`);
  const size = sizeOf(wanted.cpus ?? image.cpuCount, wanted.memory ?? image.memory / 1024, osStorageGib);
  const [server] = cloud.create({
    ids: [testbed.ids.next()],
    region,
    zone: null,
    size,
    image: image.id,
    name,
    labels: { description },
    keyName: null,
    stopped: !wanted.started,
    request: null,
  });
  if (!server) throw new OpsourceError('resources', 'Insufficient resources.');
  return server;
}

/** @throws OpsourceError invalid */
function wordsOf({ name = '', description = '', password = '' }: Deployment): {
  readonly name: string;
  readonly description: string;
} {
  if (name === '' || name.length > 75) throw invalid('name: between 1 and 75 characters are required.');
  if (description.length > 255) throw invalid('description: at most 255 characters are allowed.');
  if (password.length < 8) throw invalid('administratorPassword: at least 8 characters are required.');
  return { name, description };
}

/** CPUs, GiB of memory, GiB of disk. @throws OpsourceError invalid */
export function sizeOf(cpus: number, memory: number, disk: number): Size {
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > 16) throw invalid('CPU count: a whole number between 1 and 16 is required.');
  if (!Number.isInteger(memory) || memory < 1 || memory > 128)
    throw invalid('Memory: a whole number of GiB between 1 and 128 is required.');
  const size = freeSize(`c${cpus}-m${memory}-d${disk}`);
  if (!size) throw invalid('The server cannot be made so.');
  return size;
}

/** @throws OpsourceError busy, started */
export function reconfigure(
  { cloud, testbed }: Asked,
  server: Instance,
  change: { cpus?: number; memory?: number; disk?: number },
): void {
  const now = specificationOf(cloud.size(server.region, server.size));
  const size = sizeOf(change.cpus ?? now.cpus, change.memory ?? now.memory, now.disk + (change.disk ?? 0));
  expect(server, 'stopped');
  testbed.fleet.changeSize(server, size.name);
}

export const specificationOf = (size: Size | undefined): { cpus: number; memory: number; disk: number } => ({
  cpus: size?.vcpus ?? 0,
  memory: size?.memoryGib ?? 0,
  disk: size?.diskGib ?? 0,
});

export type Command = 'start' | 'shutdown' | 'poweroff' | 'reboot' | 'reset' | 'delete';

const commands: Readonly<Record<Command, { readonly of: 'running' | 'stopped'; readonly action: Action }>> = {
  start: { of: 'stopped', action: 'start' },
  shutdown: { of: 'running', action: 'stop' },
  poweroff: { of: 'running', action: 'stop' },
  reboot: { of: 'running', action: 'reboot' },
  reset: { of: 'running', action: 'hard-reboot' },
  delete: { of: 'stopped', action: 'delete' },
};

/** @throws OpsourceError busy, started, stopped: only a server that is stopped is started or deleted, and only one that runs the rest. */
export function command({ testbed }: Asked, server: Instance, wanted: Command): void {
  const { of, action } = commands[wanted];
  expect(server, of);
  testbed.fleet.act(server, action);
}

/** Takes away what could not be deployed. @throws OpsourceError invalid for anything else. */
export function clean({ testbed }: Asked, server: Instance): void {
  if (server.state !== 'error') throw invalid(`Server ${server.id} is no failed deployment.`);
  testbed.fleet.act(server, 'delete');
}

function expect({ id, state }: Instance, wanted: 'running' | 'stopped'): void {
  if (state === wanted) return;
  if (state === 'running') throw new OpsourceError('started', `Server ${id} is started: it must be stopped first.`);
  if (state === 'stopped') throw new OpsourceError('stopped', `Server ${id} is stopped.`);
  throw new OpsourceError('busy', `Server ${id} is busy, or its deployment has failed.`);
}

export const isPending = ({ state }: Instance): boolean => state === 'booting' || state === 'error';

/** Whether the machine is on, as far as the cloud knows: it is until it has stopped, and not before it has started. */
export const isStarted = ({ state }: Instance): boolean => ['running', 'stopping', 'rebooting'].includes(state);

const running: Partial<Readonly<Record<InstanceState, string>>> = {
  booting: 'DEPLOY_SERVER',
  error: 'DEPLOY_SERVER',
  starting: 'START_SERVER',
  stopping: 'SHUTDOWN_SERVER',
  rebooting: 'REBOOT_SERVER',
  deleting: 'DELETE_SERVER',
};

/** What is being done with a server; undefined when nothing is. */
export const actionOn = ({ state }: Instance): string | undefined => running[state];
