import type { Ec2Action } from '../ec2/actions/action.js';
import { actionNamed as amazonsNamed } from '../ec2/actions/index.js';
import { Ec2Error } from '../ec2/ec2-error.js';
import { describeInstanceTypes } from './instance-types.js';

/** What it does as Amazon does. */
const shared: ReadonlySet<string> = new Set([
  ...['AllocateAddress', 'AssociateAddress', 'DescribeAddresses', 'DisassociateAddress', 'ReleaseAddress'],
  ...['AttachVolume', 'CreateVolume', 'DeleteVolume', 'DescribeVolumes', 'DetachVolume'],
  ...['CreateImage', 'DeregisterImage', 'DescribeImages'],
  ...['CreateTags', 'DeleteTags'],
  ...['DeleteKeyPair', 'DescribeKeyPairs', 'ImportKeyPair'],
  ...['DescribeAvailabilityZones', 'DescribeRegions'],
  ...['DescribeInstances', 'GetConsoleOutput', 'ModifyInstanceAttribute', 'RebootInstances', 'RunInstances'],
  ...['StartInstances', 'StopInstances', 'TerminateInstances'],
]);

/** Parameters that Amazon has come to take later, by action; `*`: all of them. */
const unbound: Readonly<Record<string, RegExp>> = {
  '*': /^(TagSpecification|InstanceMarketOptions|LaunchTemplate)\./,
  CreateVolume: /^ClientToken$/,
};

/** @throws Ec2Error InvalidAction */
export function actionNamed(action: string): Ec2Action {
  if (action === 'DescribeInstanceTypes') return describeInstanceTypes;
  if (!shared.has(action)) throw new Ec2Error('InvalidAction', `The action ${action} is not valid for this web service.`);
  const run = amazonsNamed(action);
  return (call) => {
    const names = call.query.entries().map(([name]) => name);
    const foreign = names.filter((name) => unbound['*']?.test(name) ?? false);
    const failed = [...foreign, ...names.filter((name) => unbound[action]?.test(name) ?? false)];
    if (failed.length > 0)
      throw new Ec2Error('InvalidParameterValue', `Failed to bind the following fields:\n${failed.join('\n')}`);
    return run(call);
  };
}
