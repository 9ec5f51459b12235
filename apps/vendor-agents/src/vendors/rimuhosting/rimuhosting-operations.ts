import { number } from '../../vendor/json.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { instanceOf } from './mapping.js';
import { orderOf, pathOf, plansOf } from './orders.js';
import type { RimuHostingApi } from './rimuhosting-api.js';

export class RimuHostingOperations implements MachineOperations {
  constructor(
    private readonly api: RimuHostingApi,
    private readonly now: () => number,
  ) {}

  /**
   * jaxrsdocs, …/vps/running-state. A stop waits for the system, then ends it; POWERCYCLING does not wait. RimuHosting does not refuse what
   * is so already, so a server that runs is not started again.
   */
  async act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    const wanted = stateFor(action, forced);
    const { state } = instanceOf(await orderOf(this.api, region, vendorId), this.now());
    if (state === 'gone') throw new VendorError('not-found', `the server ${vendorId} has been cancelled`);
    if (state !== (action === 'start' ? 'inactive' : 'active'))
      throw new VendorError('conflict', `the server ${vendorId} is ${state}: it cannot ${action} now`);
    const body = { running_state_change_request: { running_state: wanted } };
    const path = pathOf(vendorId, '/vps/running-state');
    await this.api.call({ scope: region, method: 'PUT', path, body, idempotent: action !== 'restart' });
  }

  /** rimuapi.py, change_resources. A server that runs is restarted by RimuHosting itself. */
  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    const plan = (await plansOf(this.api, region)).find(({ code }) => code === size);
    if (!plan) throw new VendorError('invalid-request', `RimuHosting has no plan '${size}' at ${region}`);
    const order = await orderOf(this.api, region, vendorId);
    if (instanceOf(order, this.now()).state === 'building')
      throw new VendorError('conflict', `${vendorId} is changing`, { underWay: true });
    const diskMb = plan.diskGb === null ? undefined : plan.diskGb * 1024;
    const has = { memory: number(order, 'vps_parameters', 'memory_mb'), disk: number(order, 'vps_parameters', 'disk_space_mb') };
    if (has.memory === plan.memoryMb && (diskMb === undefined || has.disk === diskMb)) return true;
    const resources = { memory_mb: plan.memoryMb, ...(diskMb === undefined ? {} : { disk_space_mb: diskMb }) };
    const path = pathOf(vendorId, '/vps/parameters');
    await this.api.call({ scope: region, method: 'PUT', path, body: { running_vps_data: resources } });
    return false;
  }

  save(): Promise<SavedImage> {
    return Promise.reject(new VendorError('invalid-request', 'RimuHosting saves no images of servers'));
  }
}

function stateFor(action: PowerAction, forced: boolean): string {
  if (action === 'start') return 'RUNNING';
  if (action === 'stop') return 'NOTRUNNING';
  if (action === 'restart') return forced ? 'POWERCYCLING' : 'RESTARTING';
  throw new VendorError('invalid-request', `RimuHosting has no way to ${action} a server`);
}
