import type { Action, Instance } from '../../cloud/instance.js';
import { inWords, Refusal } from '../../cloud/refusal.js';
import { getConsoleOutput } from './console-output.js';
import { badRequest, OpenStackFault } from './fault.js';
import { flavorCalled } from './flavors.js';
import { findServer } from './find-server.js';
import { createImage } from './saved-images.js';
import { statusOf } from './server-view.js';
import type { Answer, Call, Handler } from './service.js';

/** What an action of a server does, given what stands beside its name in the request. */
type ServerAction = (call: Call, server: Instance, argument: unknown) => Answer;

const power =
  (action: Action): ServerAction =>
  ({ testbed }, server) => {
    testbed.fleet.act(server, action);
    return { status: 202 };
  };

/** A soft reboot asks the machine, which has to run for that; a hard one starts it from whatever it is. */
const reboot: ServerAction = ({ testbed }, server, argument) => {
  const { type } = (argument ?? {}) as { type?: unknown };
  if (type !== 'SOFT' && type !== 'HARD')
    throw badRequest(`Invalid input for field/attribute type. Value: ${String(type)}. It is not one of ['SOFT', 'HARD'].`);
  testbed.fleet.act(server, type === 'SOFT' ? 'reboot' : 'hard-reboot');
  return { status: 202 };
};

/** Nova finds the new host before it answers (nova/api/openstack/compute/servers.py, _resize: NoValidHost is a 400). */
const resize: ServerAction = (call, server, argument) => {
  const { flavorRef } = (argument ?? {}) as { flavorRef?: unknown };
  if (typeof flavorRef !== 'string' && typeof flavorRef !== 'number')
    throw badRequest("Invalid input for field/attribute resize. 'flavorRef' is a required property");
  const { size } = flavorCalled(call, flavorRef);
  if (size.name === server.size) throw badRequest('When resizing, instances must change flavor!');
  const { cloud, region, testbed } = call;
  const place = { cloud: cloud.name, region: region.region };
  const full =
    testbed.faults.strike('no-capacity', place) ?? testbed.faults.strike('no-capacity', { ...place, zone: server.zone });
  if (full || size.architecture !== cloud.size(region.region, server.size)?.architecture)
    throw badRequest('No valid host was found. No valid host found for resize');
  testbed.fleet.resize(server, size.name);
  return { status: 202 };
};

const confirmResize: ServerAction = ({ testbed }, server) => {
  testbed.fleet.confirmResize(server);
  return { status: 204 };
};

const actions: Readonly<Record<string, ServerAction>> = {
  'os-start': power('start'),
  'os-stop': power('stop'),
  suspend: power('suspend'),
  resume: power('resume'),
  pause: power('pause'),
  unpause: power('unpause'),
  forceDelete: power('delete'),
  revertResize: power('revert-resize'),
  reboot,
  resize,
  confirmResize,
  createImage,
  'os-getConsoleOutput': getConsoleOutput,
};

/** One action, named by the only field of the request. */
export const actOnServer: Handler = (call) => {
  const server = findServer(call);
  const [name = '', ...more] = Object.keys(call.body ?? {});
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action || more.length > 0) throw badRequest(`There is no such action: ${name}`);
  return inState(server, name, () => action(call, server, (call.body as Record<string, unknown>)[name]));
};

/** Says in Nova's words that the state of a server does not allow what was asked of it. @throws OpenStackFault 409 */
export function inState<T>(server: Instance, what: string, ask: () => T): T {
  const conflict = (): OpenStackFault =>
    new OpenStackFault(409, `Cannot '${what}' instance ${server.id} while it is in vm_state ${statusOf(server).vmState}`);
  return inWords({ 'wrong-state': conflict }, ask);
}

/** The states of a server in which volumes come and go (nova/compute/api.py, attach_volume). @throws Refusal wrong-state */
export function expectPluggable({ id, state }: Instance): void {
  if (['running', 'stopped', 'suspended', 'paused', 'resized'].includes(state)) return;
  throw new Refusal('wrong-state', `Server ${id} is ${state}.`);
}
