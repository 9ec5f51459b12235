import { priceChange } from '../../placement/quotes.js';
import { done, missing, noted, type OperationOf, Refusal, type Step } from '../findings.js';
import { addressOf, machineOf, operationsOf, shownBy } from './machine.js';

/** Nothing is bought at another price than the one quoted: it is asked for before the vendor is. */
export const resize: Step<OperationOf<'resize'>> = async ({ placement, instanceType, price, list }, task, tools) => {
  const operations = operationsOf(tools);
  const machine = await machineOf(placement, tools);
  const { region, vendorId, order: before } = machine;
  const order = { ...before, instanceType, price, list: list ?? price };
  if (task.attempts === 0) {
    const change = await priceChange(tools.quotes, order, tools.timings.priceTolerance);
    if (change) throw new Refusal(change.reason, change.message);
    return noted({ attempts: 1 });
  }
  if (!(await operations.resize(region, vendorId, instanceType))) return missing(`the machine is no ${instanceType} yet`);
  const { state, address } = await shownBy(machine, tools);
  const bought = { placement, order };
  if (state === 'inactive' || state === 'suspended') return done({}, { machine: bought });
  if (state !== 'active' || address === null) return missing(`the machine is ${instanceType} and not up again`);
  const { machine: moved } = addressOf(machine, address);
  return done(moved ? { address } : {}, { machine: { ...bought, ...moved } });
};
