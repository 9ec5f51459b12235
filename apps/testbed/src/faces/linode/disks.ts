import type { Instance } from '../../cloud/instance.js';
import type { Api, Call, Handler } from './api.js';
import { notFound } from './errors.js';
import { findInstance } from './instances.js';
import { paged } from './paging.js';
import { time } from './times.js';
import { diskMb } from './types.js';

const swapMb = 512;

/** Linode API v4, Disks: the two that a Linode of an image has. */
export function serveDisks(api: Api): void {
  api.route('GET', '/linode/instances/:linode/disks', listDisks);
  api.route('GET', '/linode/instances/:linode/disks/:disk', showDisk);
}

const listDisks: Handler = (call) => paged(call, disksOf(call, findInstance(call)), ['id', 'label', 'size']);

const showDisk: Handler = (call) => {
  const disk = diskCalled(call, findInstance(call), call.params.disk ?? '');
  if (!disk) throw notFound();
  return disk.view;
};

/** A disk by its id, and the instance whose disk it is. */
export function diskCalled(call: Pick<Call, 'cloud'>, instance: Instance, id: string) {
  const view = disksOf(call, instance).find((disk) => String(disk.id) === id);
  return view && { instance, view };
}

function disksOf({ cloud }: Pick<Call, 'cloud'>, { id, size: type, region, image, createdAt, state }: Instance) {
  const size = cloud.size(region, type);
  const common = { status: state === 'booting' ? 'not ready' : 'ready', created: time(createdAt), updated: time(createdAt) };
  const main = { id: Number(`${id}1`), label: `${image} Disk`, filesystem: 'ext4', size: size ? diskMb(size) - swapMb : 0 };
  const swap = { id: Number(`${id}2`), label: `${swapMb} MB Swap Image`, filesystem: 'swap', size: swapMb };
  return [main, swap].map((disk) => ({ ...disk, ...common, disk_encryption: 'disabled' }));
}
