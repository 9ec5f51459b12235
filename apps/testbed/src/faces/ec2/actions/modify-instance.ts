import type { Size } from '../../../catalogue/size.js';
import { inWords } from '../../../cloud/refusal.js';
import { Ec2Error, invalidValue } from '../ec2-error.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { instanceNamed } from './named-instances.js';
import { sizeCalled } from './types.js';

/** The instance type, of a stopped instance only; the one attribute that can be changed here. */
export const modifyInstanceAttribute: Ec2Action = (call) => {
  const instance = instanceNamed(call);
  const size = wantedSize(call);
  const present = call.cloud.size(instance.region, instance.size);
  if (present && present.architecture !== size.architecture)
    throw invalidValue(
      `The architecture '${size.architecture}' of the specified instance type does not match the architecture '${present.architecture}' of the specified AMI.`,
    );
  const words = {
    'wrong-state': () => new Ec2Error('IncorrectInstanceState', `The instance '${instance.id}' is not in the 'stopped' state.`),
  };
  inWords(words, () => {
    call.testbed.fleet.changeSize(instance, size.name);
  });
  return { return: true };
};

/** `InstanceType.Value=m5.large`, or the older `Attribute=instanceType&Value=m5.large`. */
function wantedSize(call: Ec2Call): Size {
  const { query } = call;
  const older = query.get('Attribute') === 'instanceType' ? query.require('Value') : undefined;
  const name = query.get('InstanceType.Value') ?? older;
  if (name) return sizeCalled(call, name);
  throw new Ec2Error('InvalidParameterCombination', 'No attributes specified that can be changed: InstanceType is.');
}
