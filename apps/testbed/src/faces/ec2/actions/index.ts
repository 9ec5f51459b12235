import type { Ec2Action } from './action.js';
import { describeImages } from './images.js';
import { describeInstances, rebootInstances, startInstances, stopInstances, terminateInstances } from './instances.js';
import { deleteKeyPair, describeKeyPairs, importKeyPair } from './key-pairs.js';
import { modifyInstanceAttribute } from './modify-instance.js';
import { describeAvailabilityZones, describeRegions } from './places.js';
import { runInstances } from './run-instances.js';
import { createTags } from './tags.js';
import { describeInstanceTypeOfferings, describeInstanceTypes } from './types.js';
import { attachVolume, detachVolume } from './volume-attachments.js';
import { createVolume, deleteVolume, describeVolumes } from './volumes.js';

/** The actions that the EC2 face knows. */
export const ec2Actions: ReadonlyMap<string, Ec2Action> = new Map(
  Object.entries({
    AttachVolume: attachVolume,
    CreateTags: createTags,
    CreateVolume: createVolume,
    DeleteKeyPair: deleteKeyPair,
    DeleteVolume: deleteVolume,
    DescribeAvailabilityZones: describeAvailabilityZones,
    DescribeImages: describeImages,
    DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
    DescribeInstanceTypes: describeInstanceTypes,
    DescribeInstances: describeInstances,
    DescribeKeyPairs: describeKeyPairs,
    DescribeRegions: describeRegions,
    DescribeVolumes: describeVolumes,
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
