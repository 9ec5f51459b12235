import type { Size } from '../../../catalogue/size.js';
import { uuidOf } from '../../../cloud/digest.js';
import { offeredImages } from '../../images.js';
import { type Call, type Handler, noSuch, timeOf, zoneIdOf } from '../call.js';
import { asked, listed } from '../listing.js';
import { version } from '../serialize.js';

export const listZones: Handler = (call) => {
  const zones = call.cloud.profile.regions.map(({ region }) => ({ id: zoneIdOf(call.cloud.name, region), name: region, region }));
  return listed(call, 'zone', asked(call, zones), ({ id, name }) => ({
    id,
    name,
    networktype: 'Advanced',
    securitygroupsenabled: false,
    allocationstate: 'Enabled',
    dhcpprovider: 'VirtualRouter',
    localstorageenabled: false,
    tags: [],
  }));
};

export const listCapabilities: Handler = ({ cloud }) => ({
  capability: {
    securitygroupsenabled: false,
    dynamicrolesenabled: true,
    cloudstackversion: version,
    userpublictemplateenabled: true,
    supportELB: 'false',
    projectinviterequired: false,
    allowusercreateprojects: true,
    customdiskofferingminsize: cloud.volumeSizes.least,
    customdiskofferingmaxsize: cloud.volumeSizes.most,
    allowuserviewdestroyedvm: true,
    allowuserexpungerecovervm: true,
    apilimitinterval: 1,
    apilimitmax: 250,
  },
});

export interface Offering {
  readonly id: string;
  readonly name: string;
  readonly size: Size;
}

export const cpuSpeed = 2000;

/** Service offerings are of all zones. */
export function offeringsOf({ cloud }: Call): readonly Offering[] {
  const sizes = new Map(cloud.profile.regions.flatMap(({ region }) => cloud.sizes(region).map((size) => [size.name, size])));
  return [...sizes.values()].map((size) => ({ id: offeringIdOf(cloud.name, size.name), name: size.name, size }));
}

export const offeringIdOf = (cloud: string, size: string): string => uuidOf(`${cloud} offering ${size}`);

/** @throws CloudStackFault 431 */
export function offeringCalled(call: Call, id: string): Offering {
  const offering = offeringsOf(call).find((candidate) => candidate.id === id);
  if (!offering) throw noSuch(call, 'serviceofferingid', id);
  return offering;
}

export const listServiceOfferings: Handler = (call) =>
  listed(call, 'serviceoffering', asked(call, offeringsOf(call)), ({ id, name, size }) => ({
    id,
    name,
    displaytext: `${size.vcpus} vCPU, ${size.memoryGib} GiB`,
    cpunumber: size.vcpus,
    cpuspeed: cpuSpeed,
    memory: size.memoryGib * 1024,
    created: timeOf(Date.UTC(2026, 0, 1)),
    storagetype: 'shared',
    provisioningtype: 'thin',
    offerha: false,
    limitcpuuse: false,
    isvolatile: false,
    issystem: false,
    defaultuse: false,
    iscustomized: false,
    dynamicscalingenabled: true,
    ...(size.diskGib === null ? {} : { rootdisksize: size.diskGib }),
  }));

interface OsType {
  readonly id: string;
  readonly name: string;
}

const osTypes: readonly OsType[] = [...new Set(offeredImages.map(({ portable }) => portable)), 'other-linux'].map((name) => ({
  id: osTypeIdOf(name),
  name,
}));

export function osTypeIdOf(system: string): string {
  return uuidOf(`os type ${system}`);
}

/** @throws CloudStackFault 431 */
export function expectOsType(call: Call, id: string): void {
  if (!osTypes.some((candidate) => candidate.id === id)) throw noSuch(call, 'ostypeid', id);
}

export const listOsTypes: Handler = (call) =>
  listed(call, 'ostype', asked(call, osTypes), ({ id, name }) => ({
    id,
    description: `${name} (64-bit)`,
    oscategoryid: uuidOf('os category Linux'),
    isuserdefined: false,
  }));
