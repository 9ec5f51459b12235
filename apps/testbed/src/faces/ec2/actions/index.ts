import type { Ec2Action } from './action.js';
import { describeImages } from './images.js';
import {
  createTags,
  describeInstances,
  rebootInstances,
  startInstances,
  stopInstances,
  terminateInstances,
} from './instances.js';
import { deleteKeyPair, describeKeyPairs, importKeyPair } from './key-pairs.js';
import { describeAvailabilityZones, describeRegions } from './places.js';
import { runInstances } from './run-instances.js';
import { describeInstanceTypeOfferings, describeInstanceTypes } from './types.js';

/** The actions that the EC2 face knows. */
export const ec2Actions: ReadonlyMap<string, Ec2Action> = new Map(
  Object.entries({
    CreateTags: createTags,
    DeleteKeyPair: deleteKeyPair,
    DescribeAvailabilityZones: describeAvailabilityZones,
    DescribeImages: describeImages,
    DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
    DescribeInstanceTypes: describeInstanceTypes,
    DescribeInstances: describeInstances,
    DescribeKeyPairs: describeKeyPairs,
    DescribeRegions: describeRegions,
    ImportKeyPair: importKeyPair,
    RebootInstances: rebootInstances,
    RunInstances: runInstances,
    StartInstances: startInstances,
    StopInstances: stopInstances,
    TerminateInstances: terminateInstances,
  }),
);
