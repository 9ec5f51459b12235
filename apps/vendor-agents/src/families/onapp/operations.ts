import { field, type Json, number } from '../../vendor/json.js';
import { readFreeSize } from '../../vendor/free-sizes.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { primaryDisk } from './disks.js';
import { isLocked, type Machines, pathOf } from './machines.js';
import type { OnAppApi } from './onapp-api.js';
import type { Templates } from './templates.js';
import { type ImageWish } from './templates.js';

export interface OperationParts {
  readonly api: OnAppApi;
  readonly machines: Machines;
  readonly templates: Templates;
}

const calls: Readonly<Record<PowerAction, string>> = {
  start: 'startup',
  stop: 'shutdown',
  restart: 'reboot',
  suspend: 'suspend',
  resume: 'suspend',
};

export class OnAppOperations implements MachineOperations {
  constructor(private readonly parts: OperationParts) {}

  /** One call suspends what runs and ends what is suspended (OnApp API guide, Suspend VS): it is made only where it does what is asked. */
  async act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    const { api, machines } = this.parts;
    if (action === 'suspend' || action === 'resume') {
      const suspended = field(await machines.required(region, vendorId), 'suspended') === true;
      if (suspended === (action === 'suspend'))
        throw new VendorError('conflict', `virtual server ${vendorId} is ${suspended ? 'suspended already' : 'not suspended'}`);
    }
    const call = action === 'stop' && forced ? 'stop' : calls[action];
    await api.act(`${pathOf(vendorId)}/${call}`, {}, region);
  }

  /** Cores and memory at one step, a larger disk at the next; the control panel restarts a machine that runs for each. */
  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    const wanted = readFreeSize(size);
    const { api, machines } = this.parts;
    const machine = await machines.required(region, vendorId);
    if (isLocked(machine)) return false;
    const disk = await primaryDisk(api, region, vendorId);
    if (wanted.disk < disk.gb)
      throw new VendorError('invalid-request', `the disk of ${vendorId} has ${disk.gb} GB; OnApp makes none smaller`);
    const changes = changesOf(machine, wanted);
    if (changes !== undefined) {
      await api.put(pathOf(vendorId), { virtual_machine: { ...changes, allow_cold_resize: true } }, region);
      return false;
    }
    if (wanted.disk === disk.gb) return true;
    await api.put(`settings/disks/${encodeURIComponent(disk.id)}`, { disk: { disk_size: wanted.disk } }, region);
    return false;
  }

  async save(region: string, vendorId: string, image: ImageWish): Promise<SavedImage> {
    return await this.parts.templates.save(region, vendorId, image);
  }
}

function changesOf(machine: Json, wanted: { readonly cores: number; readonly memory: number }): object | undefined {
  const cpus = wanted.cores;
  const memory = Math.round(wanted.memory * 1024);
  return number(machine, 'cpus') === cpus && number(machine, 'memory') === memory ? undefined : { cpus, memory };
}
