import type { Action } from '../../cloud/instance.js';
import { childOf } from '../markup.js';
import { types } from './names.js';
import { type Call, type Handler } from './service.js';
import { accepted, beginOn } from './tasks.js';
import type { VApp } from './things.js';
import { badRequest, wrongState } from './vcloud-error.js';
import { type FoundVApp, idleVApp } from './vapps.js';

interface Asked {
  readonly words: string;
  readonly task: string;
}

/** vCloud API Programming Guide 1.0, "Operate a vApp": what each does, and of which states it can be asked. */
const starting: Asked = { words: 'Starting Virtual Application', task: 'vappDeploy' };

export const powerOn: Handler = (call) => {
  const found = idleVApp(call);
  const { state } = found.instance;
  if (state !== 'stopped' && state !== 'suspended') throw wrongState(`vApp "${found.instance.name}", since it is powered on.`);
  return run(call, found, state === 'suspended' ? 'resume' : 'start', starting, { deployed: true });
};

const whileOn =
  (action: Action, asked: Asked): Handler =>
  (call) => {
    const found = idleVApp(call);
    if (found.instance.state !== 'running') throw wrongState(`vApp "${found.instance.name}", since it is not powered on.`);
    return run(call, found, action, asked);
  };

export const powerOff = whileOn('stop', { words: 'Powering Off Virtual Application', task: 'vappPowerOff' });
export const shutDown = whileOn('stop', { words: 'Shutting down Virtual Application', task: 'vappShutdownGuest' });
export const reset = whileOn('hard-reboot', { words: 'Resetting Virtual Application', task: 'vappReset' });
export const reboot = whileOn('reboot', { words: 'Rebooting Virtual Application', task: 'vappRebootGuest' });
export const suspend = whileOn('suspend', { words: 'Suspending Virtual Application', task: 'vappSuspend' });

export const discardSuspendedState: Handler = (call) => {
  const found = idleVApp(call);
  if (found.instance.state !== 'suspended') throw wrongState(`vApp "${found.instance.name}", since it is not suspended.`);
  return run(call, found, 'power-off', {
    words: 'Discarding suspended state of Virtual Application',
    task: 'vappDiscardSuspendedState',
  });
};

/** Holds its resources; it runs when that is wished too, which is the default of a deployment. */
export const deploy: Handler = (call) => {
  const found = idleVApp(call);
  const wish = call.body(types.deploy, 'DeployVAppParams', []);
  const { state } = found.instance;
  if (wish.attributes.powerOn === 'false') return rest(call, found, starting, { deployed: true });
  if (state === 'running') throw wrongState(`vApp "${found.instance.name}", since it is already running.`);
  return run(call, found, state === 'suspended' ? 'resume' : 'start', starting, { deployed: true });
};

const undeployActions: Readonly<Record<string, Action>> = {
  powerOff: 'power-off',
  shutdown: 'power-off',
  force: 'power-off',
  default: 'power-off',
  suspend: 'suspend',
};

/** Lets go of its resources, after powering it off or suspending it. */
export const undeploy: Handler = (call) => {
  const found = idleVApp(call);
  const wish = call.body(types.undeploy, 'UndeployVAppParams', ['UndeployPowerAction']);
  const wished = childOf(wish, 'UndeployPowerAction')?.text ?? 'powerOff';
  const action = undeployActions[wished];
  if (!action) throw badRequest(`The value '${wished}' of element 'UndeployPowerAction' is not valid.`);
  if (!found.vApp.deployed) throw wrongState(`vApp "${found.instance.name}", since it is not running.`);
  const asked = { words: 'Stopping Virtual Application', task: 'vappUndeployPowerOff' };
  const { state } = found.instance;
  const isThere = state === 'stopped' || (state === 'suspended' && action === 'suspend');
  return isThere ? rest(call, found, asked, { deployed: false }) : run(call, found, action, asked, { deployed: false });
};

/** Of a vApp that is not deployed. */
export const deleteVApp: Handler = (call) => {
  if (!call.id.startsWith('vapp-')) throw badRequest('A virtual machine is removed from its vApp by recomposing that.');
  const found = idleVApp(call);
  if (found.vApp.deployed) throw wrongState(`vApp "${found.instance.name}". Stop the vApp and try again.`);
  return run(call, found, 'delete', { words: 'Deleting Virtual Application', task: 'vdcDeleteVapp' });
};

function run(call: Call, found: FoundVApp, action: Action, { words, task }: Asked, change: Partial<VApp> = {}) {
  const instance = call.testbed.fleet.act(found.instance, action);
  call.keeping.vApps.save({ ...found.vApp, ...change });
  return accepted(call, beginOn(call, instance, words, task));
}

/** There is nothing to wait for: its task is done when it begins. */
function rest(call: Call, { vApp, instance }: FoundVApp, { words, task }: Asked, change: Partial<VApp>) {
  call.keeping.vApps.save({ ...vApp, ...change });
  return accepted(call, beginOn(call, instance, words, task));
}
