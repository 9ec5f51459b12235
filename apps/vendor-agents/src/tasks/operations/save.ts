import { asked, done, missing, type OperationOf, Refusal, type Step, unsettled } from '../findings.js';
import { machineOf, operationsOf } from './machine.js';

export const save: Step<OperationOf<'save'>> = async ({ placement, image, name }, task, tools) => {
  const operations = operationsOf(tools);
  const { region, vendorId } = await machineOf(placement, tools);
  if (unsettled(task, tools)) return missing('the vendor has not said whether it makes the image');
  const begin = async () => await operations.save(region, vendorId, { name, token: image });
  const saved = await (task.attempts > 0 ? begin() : asked(tools, {}, begin));
  if (saved.state === 'error') throw new Refusal('unknown', `The vendor could not make the image ${saved.vendorId}.`);
  if (saved.state === 'active') return done({ vendorId: saved.vendorId });
  const begun = task.attempts > 0 ? {} : { attempts: 1, uncertain_since: null };
  return missing(`the image ${saved.vendorId} is still being made`, begun);
};
