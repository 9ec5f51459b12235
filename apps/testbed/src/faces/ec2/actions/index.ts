import { describeAccountAttributes } from './account-attributes.js';
import type { Ec2Action } from './action.js';
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
import { createTags, deleteTags } from './tags.js';
import { describeInstanceTypeOfferings, describeInstanceTypes } from './types.js';
import { attachVolume, detachVolume } from './volume-attachments.js';
import { createVolume, deleteVolume, describeVolumes } from './volumes.js';

/** The actions that the EC2 face knows. */
export const ec2Actions: ReadonlyMap<string, Ec2Action> = new Map(
  Object.entries({
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
    DescribeAvailabilityZones: describeAvailabilityZones,
    DescribeImages: describeImages,
    DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
    DescribeInstanceTypes: describeInstanceTypes,
    DescribeInstances: describeInstances,
    DescribeKeyPairs: describeKeyPairs,
    DescribeNetworkInterfaces: describeNetworkInterfaces,
    DescribeRegions: describeRegions,
    DescribeSubnets: describeSubnets,
    DescribeVolumes: describeVolumes,
    DescribeVpcs: describeVpcs,
    DetachNetworkInterface: detachNetworkInterface,
    DetachVolume: detachVolume,
    ImportKeyPair: importKeyPair,
    ModifyInstanceAttribute: modifyInstanceAttribute,
    RebootInstances: rebootInstances,
    RunInstances: runInstances,
    StartInstances: startInstances,
    StopInstances: stopInstances,
    TerminateInstances: terminateInstances,
  }),
);
