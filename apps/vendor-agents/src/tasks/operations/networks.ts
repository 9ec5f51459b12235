import { installationTag, type NetworkDriver } from '../../vendor/port.js';
import { asked, done, missing, type OperationOf, Refusal, type Step, type TaskTools, unsettled } from '../findings.js';

export const createNetwork: Step<OperationOf<'create-network'>> = async (operation, task, tools) => {
  const networks = networksOf(tools);
  const { network: token, region, name, range, gateway } = operation;
  const known = await tools.asset(token);
  if (known?.state === 'there' && known.vendor_id !== null) return done({ vendorId: known.vendor_id });
  if (unsettled(task, tools)) return missing('the vendor has not said whether it makes the network');
  const row = { id: token, agent: tools.agent, kind: 'network', region, name, vendor_id: null, state: 'making' } as const;
  const order = {
    region,
    name,
    ...(range === undefined ? {} : { range }),
    ...(gateway === undefined ? {} : { gateway }),
    tags: { [installationTag]: tools.installation },
  };
  const { vendorId } = await asked(
    tools,
    { asset: row, attempts: task.attempts + 1 },
    async () => await networks.ensure(order, token),
  );
  return done({ vendorId }, { asset: { ...row, vendor_id: vendorId, state: 'there' }, uncertain_since: null });
};

/** A network that nobody has heard of is one that is not there. */
export const deleteNetwork: Step<OperationOf<'delete-network'>> = async ({ network: token }, task, tools) => {
  const networks = networksOf(tools);
  const row = await tools.asset(token);
  if (!row || row.state === 'gone') return done();
  const vendorId = row.vendor_id ?? (await networks.find(row, token))?.vendorId;
  if (vendorId === undefined && tools.now() < task.since + tools.timings.settleMs) return missing('the network may yet show up');
  if (vendorId !== undefined) await networks.delete(row.region, vendorId);
  return done({}, { asset: { ...row, state: 'gone' } });
};

/** @throws Refusal invalid-request */
export function networksOf({ driver, vendor }: TaskTools): NetworkDriver {
  if (driver.networks) return driver.networks;
  throw new Refusal('invalid-request', `${vendor} has no networks of an account's own.`);
}
