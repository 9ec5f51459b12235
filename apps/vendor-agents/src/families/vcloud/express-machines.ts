import { setTimeout as pause } from 'node:timers/promises';
import { VendorError } from '../../vendor/vendor-error.js';
import type { VcloudApi } from './api.js';
import { configuration } from './express-documents.js';
import { type ExpressVApp, expressVappOf, tasksOf } from './express-vapp.js';
import type { Places } from './places.js';
import { linksTo } from './references.js';
import type { Task } from './tasks.js';

export type ExpressPower = 'powerOn' | 'powerOff' | 'reset' | 'shutdown';

export interface SeenVApp {
  readonly vapp: ExpressVApp;
  readonly tasks: readonly Task[];
  readonly busy: boolean;
}

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
  async tasks(vendorId: string): Promise<readonly Task[]> {
    const [link] = linksTo(await this.places.org(), 'tasksList');
    return link ? tasksOf(await this.api.call({ method: 'GET', at: link.href, roots: ['TasksList'] }), vendorId) : [];
  }

  /** Tasks before the vApp: when none of them runs any more, what it shows is what they have made of it. */
  async seen(vendorId: string): Promise<SeenVApp> {
    const tasks = await this.tasks(vendorId);
    return { tasks, busy: tasks.some(({ state }) => state === 'running'), vapp: await this.show(vendorId) };
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
