import { Type } from '@sinclair/typebox';
import type { Action, Instance } from '../../cloud/instance.js';
import { inWords } from '../../cloud/refusal.js';
import type { Call, Handler } from './api.js';
import { readBody } from './body.js';
import { typeCalled } from './create-instance.js';
import { badRequest, busy, placing } from './errors.js';
import { findInstance } from './instances.js';
import { diskMb } from './types.js';

export const boot: Handler = (call) => act(call, 'start', (id) => `Linode ${id} already booted.`);
export const reboot: Handler = (call) => act(call, 'reboot', (id) => `Linode ${id} is not running.`);
export const shutdown: Handler = (call) => act(call, 'stop', (id) => `Linode ${id} is not running.`);

const resting: readonly Instance['state'][] = ['running', 'stopped', 'error'];

/** Each answers an empty object as soon as its job is queued. While another job is under way the Linode is busy. */
function act(call: Call, action: Action, unfit: (id: string) => string): Record<string, never> {
  const instance = findInstance(call);
  const refusal = () => (resting.includes(instance.state) ? badRequest(unfit(instance.id)) : busy());
  inWords({ 'wrong-state': refusal }, () => call.testbed.fleet.act(instance, action));
  return {};
}

const ResizeBody = Type.Object({
  type: Type.String(),
  allow_auto_disk_resize: Type.Optional(Type.Boolean()),
  migration_type: Type.Optional(Type.Union([Type.Literal('cold'), Type.Literal('warm')])),
});

/** Resize a Linode: it is shut down for it where it runs, and booted afterwards. Its disk follows where it may. */
export const resize: Handler = (call) => {
  const instance = findInstance(call);
  const { region } = instance;
  const { type, allow_auto_disk_resize: follows = true } = readBody(ResizeBody, call);
  const size = typeCalled(call, { region, type });
  if (type === instance.size) throw badRequest('Linode is already running this service plan.', 'type');
  const own = call.cloud.size(region, instance.size);
  if (!follows && own && diskMb(own) > diskMb(size))
    throw badRequest('Linode has allocated more disk than the new service plan allows. Delete or resize disks smaller.', 'type');
  checkRoom(call, instance);
  call.testbed.fleet.resize(instance, type, true);
  return {};
};

function checkRoom({ testbed, cloud }: Call, { region, zone }: Instance): void {
  const place = { cloud: cloud.name, region };
  const full = testbed.faults.strike('no-capacity', place) ?? testbed.faults.strike('no-capacity', { ...place, zone });
  const say = placing['no-capacity'];
  if (full && say) throw say('');
}
