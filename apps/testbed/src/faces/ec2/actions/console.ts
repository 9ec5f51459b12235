import { consoleOf } from '../../../cloud/console.js';
import type { Ec2Action } from './action.js';
import { instanceNamed } from './named-instances.js';

/** Nothing until the machine has written something (EC2 API reference, GetConsoleOutput). */
export const getConsoleOutput: Ec2Action = (call) => {
  const instance = instanceNamed(call);
  const written = consoleOf(instance);
  return {
    instanceId: instance.id,
    timestamp: new Date(call.testbed.clock.now()).toISOString(),
    output: written === '' ? undefined : Buffer.from(written).toString('base64'),
  };
};
