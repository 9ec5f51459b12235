import { setTimeout as pause } from 'node:timers/promises';
import type { Instance } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { VcloudApi } from './api.js';
import { configuration } from './express-documents.js';
import { type ExpressVApp, expressInstance, expressVappOf, off, tasksOf } from './express-vapp.js';
import type { Places } from './places.js';
import { linksTo } from './references.js';
import type { Task } from './tasks.js';

export type ExpressPower = 'powerOn' | 'powerOff' | 'reset' | 'shutdown';

const pauseMs = 250;
/** Copying a template takes minutes. */
const patienceMs = 15 * 60_000;

/** vApps of vCloud Express, and their tasks. */
export class ExpressMachines {
  constructor(
    private readonly api: VcloudApi,
    private readonly places: Places,
  ) {}

  async show(vendorId: string): Promise<ExpressVApp> {
    return expressVappOf(await this.api.call({ method: 'GET', at: `/vApp/${encodeURIComponent(vendorId)}`, roots: ['VApp'] }));
  }

  /** Waits until the template has been copied. @throws VendorError timeout */
  async created(vapp: ExpressVApp): Promise<ExpressVApp> {
    let current = vapp;
    for (let waited = 0; ['0', '1'].includes(current.status); waited += pauseMs) {
      if (waited > patienceMs) throw new VendorError('timeout', 'the template has not been copied for too long');
      await pause(pauseMs);
      current = expressVappOf(await this.api.call({ method: 'GET', at: vapp.href, roots: ['VApp'] }));
    }
    return current;
  }

  /** The latest first. */
  async tasks(vapp: ExpressVApp): Promise<readonly Task[]> {
    const [link] = linksTo(await this.places.org(), 'tasksList');
    return link ? tasksOf(await this.api.call({ method: 'GET', at: link.href, roots: ['TasksList'] }), vapp) : [];
  }

  async isBusy(vapp: ExpressVApp): Promise<boolean> {
    return (await this.tasks(vapp)).some(({ state }) => state === 'running');
  }

  async instance(vapp: ExpressVApp, region: string): Promise<Instance> {
    const settling = vapp.status === '4' || vapp.status === off;
    return expressInstance(vapp, settling ? await this.tasks(vapp) : [], region);
  }

  async power(href: string, action: ExpressPower): Promise<void> {
    await this.api.call({ method: 'POST', at: `${href}/power/action/${action}`, roots: ['Task'] });
  }

  /** It must be off. */
  async configure(vapp: ExpressVApp, wanted: { readonly cores: number; readonly memory: number }): Promise<void> {
    await this.api.send({ method: 'PUT', at: vapp.href, body: configuration(vapp, wanted), type: 'vApp' });
  }

  /** It must be off. */
  async remove(href: string): Promise<void> {
    await this.api.send({ method: 'DELETE', at: href });
  }
}
