import { reasonOf } from '@cloud-agency/errors';
import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Place } from '../../cloud/shelf.js';
import type { Testbed } from '../../testbed.js';
import type { Words } from './one-error.js';
import type { Release } from './release.js';
import type { RpcScalar } from './rpc.js';
import { parseTemplate, type Template } from './template.js';

/** A call of a method by somebody who has proved who he is; its arguments are of the types that the method takes. */
export interface OneCall {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  /** An OpenNebula is one zone; those of the testbed's region are its clusters. */
  readonly region: RegionProfile;
  readonly release: Release;
  readonly words: Words;
  readonly args: readonly RpcScalar[];
  /** Where the method was called. */
  readonly endpoint: string;
}

/** What a method answers with: a document, or the id of what it has made or changed. @throws OneError */
export type Method = (call: OneCall) => string | number;

export const placeOf = ({ cloud, region }: Pick<OneCall, 'cloud' | 'region'>): Place => ({
  cloud: cloud.name,
  region: region.region,
});

export const textAt = ({ args }: OneCall, index: number): string => String(args[index] ?? '');
export const numberAt = ({ args }: OneCall, index: number): number => Number(args[index] ?? -1);

/** The account, and the group that it is in. */
export const ownUser = 2;
export const ownGroup = 100;
/** Whose everything is that the operator provides. */
export const oneadmin = { user: 0, group: 0 };

/** @throws OneError for text that is no template. */
export function templateAt(call: OneCall, index: number): Template {
  try {
    return parseTemplate(textAt(call, index));
  } catch (error) {
    throw call.words.internal(reasonOf(error));
  }
}
