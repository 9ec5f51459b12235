import { Ec2Error } from '../ec2-error.js';
import { describeAccountAttributes } from './account-attributes.js';
import type { Ec2Action } from './action.js';
import { allocateAddress, associateAddress, describeAddresses, disassociateAddress, releaseAddress } from './addresses.js';
import { getConsoleOutput } from './console.js';
import { describeImages } from './images.js';
import { describeInstances, rebootInstances, startInstances, stopInstances, terminateInstances } from './instances.js';
import { deleteKeyPair, describeKeyPairs, importKeyPair } from './key-pairs.js';
import { modifyInstanceAttribute } from './modify-instance.js';
import { describeAvailabilityZones, describeRegions } from './places.js';
import { runInstances } from './run-instances.js';
import { attachNetworkInterface, detachNetworkInterface } from './interface-attachments.js';
import { createNetworkInterface, deleteNetworkInterface, describeNetworkInterfaces } from './network-interfaces.js';
import { createSubnet, deleteSubnet, describeSubnets } from './subnets.js';
import { createVpc, deleteVpc, describeVpcs } from './vpcs.js';
import { createImage, deregisterImage } from './saved-images.js';
import { describeSpotPriceHistory } from './spot-prices.js';
import { describeSpotInstanceRequests } from './spot-requests.js';
import { createTags, deleteTags } from './tags.js';
import { describeInstanceTypeOfferings, describeInstanceTypes } from './types.js';
import { attachVolume, detachVolume } from './volume-attachments.js';
import { createVolume, deleteVolume, describeVolumes } from './volumes.js';

const ec2Actions: ReadonlyMap<string, Ec2Action> = new Map(
  Object.entries({
    AllocateAddress: allocateAddress,
    AssociateAddress: associateAddress,
    AttachNetworkInterface: attachNetworkInterface,
    AttachVolume: attachVolume,
    CreateImage: createImage,
    CreateNetworkInterface: createNetworkInterface,
    CreateSubnet: createSubnet,
    CreateTags: createTags,
    CreateVolume: createVolume,
    CreateVpc: createVpc,
    DeleteKeyPair: deleteKeyPair,
    DeleteNetworkInterface: deleteNetworkInterface,
    DeleteSubnet: deleteSubnet,
    DeleteTags: deleteTags,
    DeleteVolume: deleteVolume,
    DeleteVpc: deleteVpc,
    DeregisterImage: deregisterImage,
    DescribeAccountAttributes: describeAccountAttributes,
    DescribeAddresses: describeAddresses,
    DescribeAvailabilityZones: describeAvailabilityZones,
    DescribeImages: describeImages,
    DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
    DescribeInstanceTypes: describeInstanceTypes,
    DescribeInstances: describeInstances,
    DescribeKeyPairs: describeKeyPairs,
    DescribeNetworkInterfaces: describeNetworkInterfaces,
    DescribeRegions: describeRegions,
    DescribeSpotInstanceRequests: describeSpotInstanceRequests,
    DescribeSpotPriceHistory: describeSpotPriceHistory,
    DescribeSubnets: describeSubnets,
    DescribeVolumes: describeVolumes,
    DescribeVpcs: describeVpcs,
    DetachNetworkInterface: detachNetworkInterface,
    DetachVolume: detachVolume,
    DisassociateAddress: disassociateAddress,
    GetConsoleOutput: getConsoleOutput,
    ImportKeyPair: importKeyPair,
    ModifyInstanceAttribute: modifyInstanceAttribute,
    RebootInstances: rebootInstances,
    ReleaseAddress: releaseAddress,
    RunInstances: runInstances,
    StartInstances: startInstances,
    StopInstances: stopInstances,
    TerminateInstances: terminateInstances,
  }),
);

/** @throws Ec2Error InvalidAction */
export function actionNamed(action: string): Ec2Action {
  const run = ec2Actions.get(action);
  if (run) return run;
  throw new Ec2Error('InvalidAction', `The action ${action} is not valid for this web service.`);
}
