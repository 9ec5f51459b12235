import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Testbed } from '../../testbed.js';
import { invalid } from './fault.js';
import type { Ips } from './ips.js';
import { datacentersOf, optionOf } from './options.js';

/** A call whose signature is good. */
export interface Call {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly ips: Ips;
  /** Of the query, and of the form that a POST carries. */
  readonly params: URLSearchParams;
}

/** The objects that answer a call. */
export type Handler = (call: Call) => readonly object[];

/** @throws GoGridFault 400 */
export function required({ params }: Pick<Call, 'params'>, name: string): string {
  const value = params.get(name);
  if (value === null || value === '') throw invalid(`Missing required parameter: ${name}`);
  return value;
}

/** The regions that a `datacenter` names, by id or name; all of them without one. @throws GoGridFault 400 */
export function regionsAsked({ cloud, params }: Pick<Call, 'cloud' | 'params'>): readonly RegionProfile[] {
  const wanted = params.get('datacenter');
  if (wanted === null) return cloud.profile.regions;
  const { region } = optionOf(datacentersOf(cloud), wanted, 'datacenter');
  return cloud.profile.regions.filter((candidate) => candidate.region === region);
}

/** @throws GoGridFault 400 */
export function flag({ params }: Call, name: string): boolean | undefined {
  const value = params.get(name);
  if (value === null) return undefined;
  if (value !== 'true' && value !== 'false') throw invalid(`The parameter ${name} is a boolean: true or false.`);
  return value === 'true';
}

/** Whether an option has the id or the name that a filter asks for; every one without the filter. */
export function passes({ params }: Call, filter: string, option: { readonly id: number; readonly name: string }): boolean {
  const wanted = params.get(filter);
  return wanted === null || wanted === option.name || wanted === String(option.id);
}
