import { inWords } from '../../../cloud/refusal.js';
import { Ec2Error, invalidValue, notThere } from '../ec2-error.js';
import type { Ec2Action } from './action.js';
import { attachableInstance } from './named-instances.js';
import { attachmentView, volumeNamed, volumeStatusOf } from './volume-view.js';

export const attachVolume: Ec2Action = (call) => {
  const { testbed, query } = call;
  const volume = volumeNamed(call);
  const device = query.require('Device');
  const instance = attachableInstance(call);
  if (!/^(\/dev\/(sd[a-z]\d{0,2}|xvd[a-z]{1,2}|hd[a-z]))$/.test(device))
    throw invalidValue(`Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`);
  const taken = invalidValue(`Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`);
  // Every machine has its root there (rootDeviceName).
  if (device === '/dev/xvda') throw taken;
  const words = {
    'in-use': () => new Ec2Error('VolumeInUse', `${volume.id} is already attached to an instance`),
    'wrong-state': () =>
      new Ec2Error('IncorrectState', `Volume '${volume.id}' is not 'available'; it is '${volumeStatusOf(volume)}'.`),
    'other-zone': () =>
      new Ec2Error(
        'InvalidVolume.ZoneMismatch',
        `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`,
      ),
    taken: () => taken,
  };
  return attachmentView(
    inWords(words, () => testbed.volumes.attach(volume, instance, { id: `${volume.id}:${instance.id}`, device })),
  );
};

/** InstanceId and Device need not be told, but have to be true. Force makes no difference here: nothing hangs. */
export const detachVolume: Ec2Action = (call) => {
  const { testbed, query } = call;
  const volume = volumeNamed(call);
  const { attachment } = volume;
  if (!attachment) throw new Ec2Error('IncorrectState', `Volume '${volume.id}' is in the '${volumeStatusOf(volume)}' state.`);
  const instance = query.get('InstanceId') ?? attachment.instance;
  const device = query.get('Device') ?? attachment.device;
  if (instance !== attachment.instance || device !== attachment.device)
    throw notThere('InvalidAttachment', `Volume '${volume.id}' is not attached to instance '${instance}' as device '${device}'.`);
  const words = {
    'wrong-state': () => new Ec2Error('IncorrectState', `Volume '${volume.id}' is coming or going at present.`),
  };
  return attachmentView(inWords(words, () => testbed.volumes.detach(volume)));
};
