import { field, number } from '../../vendor/json.js';
import { malformed } from '../../vendor/refusal.js';
import { pathOf } from './machines.js';
import { idOf, type OnAppApi } from './onapp-api.js';

export interface Disk {
  readonly id: string;
  readonly gb: number;
}

/** The one that a virtual server starts from. */
export async function primaryDisk(api: OnAppApi, region: string, machine: string): Promise<Disk> {
  const disks = await api.list(`${pathOf(machine)}/disks`, 'disk', region);
  const primary = disks.find((disk) => field(disk, 'primary') === true);
  const gb = number(primary, 'disk_size');
  if (primary === undefined || gb === undefined) throw malformed(`virtual server ${machine} shows no primary disk with a size`);
  return { id: idOf(primary), gb };
}
