import type { Size } from '../../catalogue/size.js';
import type { Instance } from '../../cloud/instance.js';
import type { PublicAddress } from '../../cloud/public-addresses.js';
import type { Call } from './call.js';
import { busy, missing, usage } from './fault.js';
import { claimantsOf, deviceKey, driveNamed } from './find-drive.js';
import { expectKeys, type Pairs, readWhole } from './pairs.js';
import { type Drive, inPlace } from './stores.js';

/** What one core of the catalogue is worth, MHz. */
const mhzPerCore = 2_000;
const gib = 2 ** 30;
/** MHz in all, MiB, virtual processors. */
const limits = { cpu: [500, 20_000], mem: [256, 8_192], smp: [1, 20] } as const;
const models = ['e1000', 'rtl8139', 'virtio'];

/** Keys of any server's configuration; the first ones may be set while it is active too (HTTP API, Set server configuration). */
const liveKeys = [/^name$/, /^cpu$/, /^persistent$/, /^tags$/, /^user:.+$/, /^password$/];
const keys = [
  ...liveKeys,
  ...[/^mem$/, /^smp$/, /^boot$/, /^type$/, deviceKey, /^(ide:[01]:[01]|scsi:0:[0-7]|block:[0-7]):media$/],
  ...[/^nic:[01]:(model|dhcp|vlan|mac)$/, /^vnc$/, /^vnc:(ip|password|tls)$/, /^avoid:(drives|servers)$/],
];

export const expectLiveKeys = (pairs: Pairs): void => {
  expectKeys(pairs, liveKeys);
};

/**
 * Checks the whole configuration of a server.
 * @param own the server that has it already; undefined for a new one.
 * @throws ElasticFault usage; missing for a drive or a network that there is not; busy for what another server has.
 */
export function checkConfiguration(call: Call, pairs: Pairs, own?: Instance): void {
  expectKeys(pairs, keys);
  if (!pairs.name) throw usage('name: required');
  readWhole(pairs, 'cpu', limits.cpu);
  readWhole(pairs, 'mem', limits.mem);
  if ((pairs.smp ?? 'auto') !== 'auto') readWhole(pairs, 'smp', limits.smp);
  if ((pairs.password ?? pairs['vnc:password'] ?? '').length > 8) throw usage('password: at most 8 characters');
  checkDevices(call, pairs, own);
  checkInterfaces(call, pairs, own);
}

function checkDevices(call: Call, pairs: Pairs, own: Instance | undefined): void {
  for (const [, id] of devicesOf(pairs)) {
    const drive = driveNamed(call, id);
    const other = claimantsOf(call, id).find((claimant) => claimant.id !== own?.id);
    if (other && drive.pairs['claim:type'] !== 'shared') throw busy(`drive ${id} is claimed by ${other.id}`);
  }
  const absent = (pairs.boot ?? '').split(' ').find((device) => device !== '' && pairs[device] === undefined);
  if (absent !== undefined) throw usage(`boot: there is no ${absent}`);
}

function checkInterfaces(call: Call, pairs: Pairs, own: Instance | undefined): void {
  for (const nic of ['nic:0', 'nic:1']) checkInterface(call, pairs, nic);
  if (pairs['nic:1:dhcp'] !== undefined) throw usage('nic:1:dhcp: only nic:0 is in the public network');
  const taken = staticAddressOf(call, pairs);
  if (taken?.holder && taken.holder.instance !== own?.id) throw busy(`ip ${taken.address} is in use by ${taken.holder.instance}`);
}

function checkInterface({ stores, place }: Call, pairs: Pairs, nic: string): void {
  const [model, vlan] = [pairs[`${nic}:model`], pairs[`${nic}:vlan`]];
  if (model !== undefined && !models.includes(model)) throw usage(`${nic}:model: must be one of ${models.join(', ')}`);
  if (vlan !== undefined && !inPlace(stores.vlans.all(), place).some(({ id }) => id === vlan)) throw missing(`vlan ${vlan}`);
}

/** The address of the account's own that a configuration asks for. @throws ElasticFault missing */
export function staticAddressOf({ testbed, place }: Call, pairs: Pairs): PublicAddress | undefined {
  const wanted = pairs['nic:0:dhcp'] ?? 'auto';
  if (wanted === 'auto') return undefined;
  const taken = testbed.publicAddresses.in(place).find(({ address }) => address === wanted);
  if (!taken) throw missing(`ip ${wanted}`);
  return taken;
}

export const devicesOf = (pairs: Pairs): readonly (readonly [string, string])[] =>
  Object.entries(pairs).filter(([key]) => deviceKey.test(key));

export function bootDriveOf(call: Call, pairs: Pairs): Drive | undefined {
  const [device = ''] = (pairs.boot ?? '').split(' ');
  const id = pairs[device];
  return id === undefined ? undefined : driveNamed(call, id);
}

/** What a configuration comes to in the testbed's words: the size of the catalogue that is like it, else its cores, memory and disk. */
export function sizeOf(call: Call, pairs: Pairs): Size {
  const { cloud, region } = call;
  const cores = Number(pairs.cpu) / mhzPerCore;
  const mib = Number(pairs.mem);
  const disk = Math.ceil((bootDriveOf(call, pairs)?.bytes ?? 0) / gib);
  const listed = cloud
    .sizes(region.region)
    .find((size) => size.vcpus === cores && Math.abs(size.memoryGib * 1024 - mib) < 8 && size.diskGib === disk);
  const size = listed ?? cloud.size(region.region, `c${cores}-m${mib / 1024}-d${disk}`);
  if (!size) throw usage('There is no such server here');
  return size;
}

/** The stopped servers that have a drive are as large as it has become. */
export function resizeClaimants(call: Call, drive: Drive): void {
  for (const server of claimantsOf(call, drive.id).filter(({ state }) => state === 'stopped'))
    call.testbed.fleet.changeSize(server, sizeOf(call, server.labels).name);
}
