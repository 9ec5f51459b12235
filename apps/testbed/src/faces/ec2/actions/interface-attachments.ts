import { inWords } from '../../../cloud/refusal.js';
import { newId } from '../dialect.js';
import { Ec2Error, invalidValue, notThere } from '../ec2-error.js';
import type { Ec2Action } from './action.js';
import { attachableInstance } from './named-instances.js';
import { interfaceNamed, interfacesOf } from './network-interface-view.js';

/** The interface may be in another VPC than the machine, but not in another zone (EC2 guide, Multi-VPC ENI attachments). */
export const attachNetworkInterface: Ec2Action = (call) => {
  const { testbed, query } = call;
  const added = interfaceNamed(call);
  query.require('DeviceIndex');
  const index = query.integer('DeviceIndex', { least: 0, most: 31, fallback: 0 });
  const instance = attachableInstance(call);
  const words = {
    'in-use': () => new Ec2Error('InvalidNetworkInterface.InUse', `Interface: [${added.id}] in use.`),
    'other-zone': () =>
      new Ec2Error(
        'InvalidParameterCombination',
        'You may not attach a network interface to an instance if they are not in the same availability zone',
      ),
    taken: () => invalidValue(`Instance '${instance.id}' already has an interface attached at device index '${index}'.`),
  };
  const id = newId(call, 'eni-attach');
  inWords(words, () => testbed.interfaces.attach(added, instance, { id, index }));
  return { attachmentId: id, networkCardIndex: 0 };
};

/** Force makes no difference here: nothing hangs. */
export const detachNetworkInterface: Ec2Action = (call) => {
  const id = call.query.require('AttachmentId');
  const added = interfacesOf(call).find(({ attachment }) => attachment?.id === id);
  if (!added) throw notThere('InvalidAttachmentID', `The interface attachment '${id}' does not exist.`);
  if (added.attachment?.index === 0)
    throw new Ec2Error('OperationNotPermitted', 'The network interface at device index 0 cannot be detached.');
  // Asked again while it is going: it goes.
  if (added.state === 'detaching') return { return: true };
  const busy = (): Ec2Error => new Ec2Error('IncorrectState', `Network interface '${added.id}' is '${added.state}'.`);
  inWords({ 'wrong-state': busy }, () => call.testbed.interfaces.detach(added));
  return { return: true };
};
