import type { Cloud } from '../../cloud/cloud.js';
import { newestImages } from '../images.js';
import type { RpcStruct } from '../xml-rpc.js';

/** What a computing instance can be made of. Fees are USD an hour, each of its part alone: together they are what the instance costs. */
export const coreOptions = [1, 2, 4, 8, 16].map((cores, index) => ({ cores, fee: 0.02 * cores, priceId: 1_640 + index }));
export const memoryOptions = [1, 2, 4, 8, 16, 32, 64].map((gib, index) => ({ gib, fee: 0.01 * gib, priceId: 1_740 + index }));
export const diskOptions = [
  { gb: 25, fee: 0 },
  { gb: 100, fee: 0.01 },
];
export const portSpeeds = [10, 100, 1_000];

const systems: Readonly<Record<string, { readonly code: string; readonly words: (release: string) => string }>> = {
  debian: { code: 'DEBIAN', words: (release) => `Debian GNU/Linux ${release}.0 Stable - Minimal Install (64 bit)` },
  ubuntu: { code: 'UBUNTU', words: (release) => `Ubuntu Linux ${release} LTS Minimal Install (64 bit)` },
  rocky: { code: 'ROCKY', words: (release) => `Rocky Linux ${release}.0 - Minimal Install (64 bit)` },
};

/** `DEBIAN_12_64`: what it is, its release, its bits. */
export const operatingSystems = newestImages
  .filter(({ architecture }) => architecture === 'x86_64')
  .flatMap(({ portable }) => {
    const [name = '', release = ''] = portable.split('-');
    const system = systems[name];
    return system ? [{ code: `${system.code}_${release.split('.', 1)[0] ?? ''}_64`, description: system.words(release) }] : [];
  });

/** `SoftLayer_Container_Virtual_Guest_Configuration`: each option with its price, and the part of a template that chooses it. */
export const createObjectOptions = (cloud: Cloud): RpcStruct => ({
  processors: coreOptions.map(({ cores, fee }) =>
    option(`${cores} x 2.0 GHz Core${cores === 1 ? '' : 's'}`, fee, { startCpus: cores }),
  ),
  memory: memoryOptions.map(({ gib, fee }) => option(`${gib} GB`, fee, { maxMemory: gib * 1024 })),
  blockDevices: [true, false].flatMap((localDiskFlag) =>
    diskOptions.map(({ gb, fee }) =>
      option(`${gb} GB (${localDiskFlag ? 'LOCAL' : 'SAN'})`, fee, {
        blockDevices: [{ device: '0', diskImage: { capacity: gb } }],
        localDiskFlag,
      }),
    ),
  ),
  operatingSystems: operatingSystems.map(({ code, description }) =>
    option(description, 0, { operatingSystemReferenceCode: code }),
  ),
  networkComponents: portSpeeds.map((maxSpeed) =>
    option(`${maxSpeed} Mbps Public & Private Network Uplinks`, 0, { networkComponents: [{ maxSpeed }] }),
  ),
  datacenters: cloud.profile.regions.map(({ region }) => ({ template: { datacenter: { name: region } } })),
});

const option = (description: string, fee: number, template: RpcStruct): RpcStruct => ({
  itemPrice: { hourlyRecurringFee: feeText(fee), recurringFee: feeText(fee * 500), item: { description } },
  template,
});

/** `.05`: fees are decimals, written as text and without a zero in front. */
export const feeText = (fee: number): string => String(Number(fee.toFixed(4))).replace(/^0(?=\.)/, '');

export const feeOf = (cores: number, memoryGib: number, diskGb: number): number =>
  (coreOptions.find((option) => option.cores === cores)?.fee ?? 0) +
  (memoryOptions.find((option) => option.gib === memoryGib)?.fee ?? 0) +
  (diskOptions.find((option) => option.gb === diskGb)?.fee ?? 0);
