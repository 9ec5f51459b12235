import type { Operation } from '@cloud-agency/bus';
import type { OperationOf, Step } from '../findings.js';
import { createNetwork, deleteNetwork } from './networks.js';
import { joinNetwork, leaveNetwork } from './interfaces.js';
import { restart, start, stop, suspend } from './power.js';
import { resize } from './resize.js';
import { save } from './save.js';
import { attachVolume, detachVolume } from './attachments.js';
import { createVolume, deleteVolume } from './volumes.js';

type Do = Operation['do'];
const steps: { readonly [D in Do]: Step<OperationOf<D>> } = {
  start,
  stop,
  suspend,
  restart,
  resize,
  save,
  'create-volume': createVolume,
  'attach-volume': attachVolume,
  'detach-volume': detachVolume,
  'delete-volume': deleteVolume,
  'create-network': createNetwork,
  'join-network': joinNetwork,
  'leave-network': leaveNetwork,
  'delete-network': deleteNetwork,
};

/** The step of an operation, which takes that operation. */
export const stepOf = (operation: Operation): Step<Operation> => steps[operation.do] as Step<Operation>;
