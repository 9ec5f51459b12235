import type { PublicAddress } from '../../../cloud/public-addresses.js';
import { Ec2Error, invalidValue, notThere } from '../ec2-error.js';
import type { XmlFields } from '../xml.js';
import type { Ec2Call } from './action.js';
import { primaryInterface } from './default-vpc.js';
import { tagSetOf } from './volume-view.js';

/** The elements of an `addressesSet/item`. Outside of a VPC an address is known by itself alone, and cannot be tagged. */
export function addressView(call: Ec2Call, { id, address, holder, labels }: PublicAddress): XmlFields {
  const plain = { publicIp: address, instanceId: holder?.instance ?? '' };
  if (!call.dialect.vpc) return { ...plain, domain: 'standard' };
  const instance = holder && call.cloud.instance(call.region.region, holder.instance);
  return {
    ...plain,
    instanceId: holder?.instance,
    allocationId: id,
    associationId: holder?.id,
    domain: 'vpc',
    networkInterfaceId: instance && primaryInterface(call, instance).id,
    networkInterfaceOwnerId: holder && call.cloud.name,
    privateIpAddress: holder?.target,
    publicIpv4Pool: 'amazon',
    networkBorderGroup: call.region.region,
    tagSet: tagSetOf(labels),
  };
}

export const addressesIn = ({ testbed, cloud, region }: Ec2Call): PublicAddress[] =>
  testbed.publicAddresses.in({ cloud: cloud.name, region: region.region });

/** @throws Ec2Error InvalidAllocationID.NotFound */
export function addressCalled(call: Ec2Call, id: string): PublicAddress {
  const found = addressesIn(call).find((taken) => taken.id === id);
  if (!found || !call.dialect.vpc) throw notThere('InvalidAllocationID', `The allocation ID '${id}' does not exist`);
  return found;
}

/** @throws Ec2Error InvalidAddress.NotFound */
export function addressAt(call: Ec2Call, address: string): PublicAddress {
  const found = addressesIn(call).find((taken) => taken.address === address);
  if (!found) throw notThere('InvalidAddress', `Address '${address}' not found.`);
  return found;
}

/** The address of the parameter AllocationId or PublicIp. @throws Ec2Error */
export function addressNamed(call: Ec2Call): PublicAddress {
  const [id, address] = [call.query.get('AllocationId'), call.query.get('PublicIp')];
  if (id !== undefined && address !== undefined)
    throw new Ec2Error(
      'InvalidParameterCombination',
      'You may specify public IP or allocation id, but not both in the same call',
    );
  if (id !== undefined) return addressCalled(call, id);
  if (address === undefined) throw new Ec2Error('MissingParameter', 'Either public IP or allocation id must be specified');
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) throw invalidValue(`Invalid value '${address}' for PublicIp.`);
  return addressAt(call, address);
}
