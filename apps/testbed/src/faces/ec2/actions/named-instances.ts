import type { Instance } from '../../../cloud/instance.js';
import { Ec2Error, notThere } from '../ec2-error.js';
import type { Ec2Call } from './action.js';
import { ec2StateOf } from './instance-view.js';

/** @throws Ec2Error InvalidInstanceID.Malformed or InvalidInstanceID.NotFound; then nothing was done to any of them. */
export function instancesNamed({ cloud, region }: Ec2Call, ids: readonly string[]): Instance[] {
  const malformed = ids.find((id) => !/^i-[0-9a-f]{8,17}$/.test(id));
  if (malformed !== undefined) throw new Ec2Error('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
  return ids.map((id) => {
    const instance = cloud.instance(region.region, id);
    if (!instance) throw notThere('InvalidInstanceID', `The instance ID '${id}' does not exist`);
    return instance;
  });
}

/** The instance of the parameter InstanceId. @throws Ec2Error MissingParameter, and as instancesNamed. */
export function instanceNamed(call: Ec2Call): Instance {
  const [instance] = instancesNamed(call, [call.query.require('InstanceId')]);
  if (!instance) throw new Ec2Error('MissingParameter', 'The request must contain the parameter InstanceId');
  return instance;
}

/** The same, for what can be attached to one only while it runs or is stopped. @throws Ec2Error IncorrectState */
export function attachableInstance(call: Ec2Call): Instance {
  const instance = instanceNamed(call);
  const state = ec2StateOf(instance);
  if (state === 'running' || state === 'stopped') return instance;
  throw new Ec2Error('IncorrectState', `Instance '${instance.id}' is not 'running' or 'stopped'; it is '${state}'.`);
}
