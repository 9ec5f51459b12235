import type { Call, Handler } from './call.js';
import { resizeClaimants } from './configuration.js';
import { busy, full, missing, usage } from './fault.js';
import { claimantsOf, driveNamed, drivesOf, isImaging } from './find-drive.js';
import { changed, expectKeys, readSize, type Shown } from './pairs.js';
import { standardDrive, standardDriveView } from './standard-drives.js';
import type { Drive } from './stores.js';

const gib = 2 ** 30;
const imagingMs = 200;
/** So much of an imaging it waits for others to end. */
const queued = 0.2;

const keys = [/^name$/, /^size$/, /^claim:type$/, /^readers$/, /^tags$/, /^user:.+$/, /^avoid$/, /^tier$/, /^encryption:cipher$/];

export const listDrives: Handler = (call) => ({ names: drivesOf(call).map(({ id }) => id) });
export const showDrives: Handler = (call) => ({ things: drivesOf(call).map((drive) => view(call, drive)) });

export const showDrive: Handler = (call) => {
  const standard = standardDrive(call, call.params.drive ?? '');
  return { thing: standard ? standardDriveView(standard) : view(call, driveCalled(call)) };
};

export const createDrive: Handler = (call) => {
  const { pairs, testbed, place, stores } = call;
  expectKeys(pairs, keys);
  const { size, ...told } = pairs;
  if (!told.name) throw usage('name: required');
  const bytes = expectBytes(call, readSize(size));
  if (testbed.faults.strike('no-capacity', place)) throw full();
  const drive = { id: testbed.ids.next(), ...place, bytes, pairs: told, image: null, imaging: null };
  return { thing: view(call, stores.drives.save(drive)) };
};

/** A drive can be made larger while no active server has it. */
export const setDrive: Handler = (call) => {
  const drive = driveCalled(call);
  expectKeys(call.pairs, keys);
  const { size, ...changes } = call.pairs;
  const bytes = size === undefined ? drive.bytes : expectBytes(call, readSize(size));
  if (bytes < drive.bytes) throw usage('size: a drive cannot be made smaller');
  if (bytes > drive.bytes) expectIdle(call, drive);
  const set = call.stores.drives.save({ ...drive, bytes, pairs: changed(drive.pairs, changes) });
  resizeClaimants(call, set);
  return { thing: view(call, set) };
};

export const destroyDrive: Handler = (call) => {
  const drive = driveCalled(call);
  if (claimantsOf(call, drive.id).length > 0) throw busy(`drive ${drive.id} is claimed by a server`);
  expectIdle(call, drive);
  call.stores.drives.forget(drive);
  return undefined;
};

/** Writes the content of another drive onto it, which takes its time (HTTP API, Image a drive). */
export const imageDrive: Handler = (call) => {
  const { testbed, stores } = call;
  const drive = driveCalled(call);
  const { image, bytes } = sourceOf(call);
  expectIdle(call, drive);
  if (bytes > drive.bytes) throw usage(`drive ${drive.id} is too small: ${bytes} bytes are needed`);
  const from = testbed.clock.now();
  stores.drives.save({ ...drive, image, imaging: { from, until: from + imagingMs } });
  return undefined;
};

/** Standard drives are compressed, the account's own are not. */
function sourceOf(call: Call): Pick<Drive, 'image' | 'bytes'> {
  const { source = '', conversion } = call.params;
  const standard = standardDrive(call, source);
  if (conversion !== undefined && !['gzip', 'gunzip'].includes(conversion)) throw missing(`conversion ${conversion}`);
  if (standard)
    return conversion === 'gunzip' ? { image: standard.id, bytes: standard.rawBytes } : { image: null, bytes: standard.bytes };
  const own = driveNamed(call, source);
  expectIdle(call, own);
  if (conversion === 'gunzip') throw usage(`drive ${own.id} is not in gzip format`);
  return { image: conversion === undefined ? own.image : null, bytes: own.bytes };
}

const driveCalled = (call: Call): Drive => driveNamed(call, call.params.drive ?? '');

/** @throws ElasticFault busy while it is imaged, or an active server writes to it. */
function expectIdle(call: Call, drive: Drive): void {
  if (isImaging(call, drive)) throw busy(`drive ${drive.id} is being imaged`);
  if (claimantsOf(call, drive.id).some(({ state }) => state !== 'stopped' && state !== 'error'))
    throw busy(`drive ${drive.id} is in use by an active server`);
}

function expectBytes({ cloud }: Call, bytes: number): number {
  const { least, most } = cloud.volumeSizes;
  if (bytes < least * gib || bytes > most * gib) throw usage(`size: must be from ${least * gib} to ${most * gib} bytes`);
  return bytes;
}

function view(call: Call, drive: Drive): Shown {
  const claims = claimantsOf(call, drive.id).map(({ id }) => id);
  return {
    'claim:type': 'exclusive',
    'encryption:cipher': 'aes-xts-plain',
    ...drive.pairs,
    ...(claims.length === 0 ? {} : { claimed: claims.join(' ') }),
    drive: drive.id,
    ...(isImaging(call, drive) ? { imaging: progressOf(call, drive) } : {}),
    'read:bytes': '4096',
    'read:requests': '1',
    size: drive.bytes,
    status: 'active',
    user: call.user,
    'write:bytes': '4096',
    'write:requests': '1',
  };
}

function progressOf({ testbed }: Call, { imaging }: Drive): string {
  const { from, until } = imaging ?? { from: 0, until: 1 };
  const done = (testbed.clock.now() - from) / (until - from);
  return done < queued ? 'queued' : `${Math.floor(done * 100)}%`;
}
