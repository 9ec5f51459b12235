import { readFreeSize } from '../../vendor/free-sizes.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { list, text } from '../../vendor/xml.js';
import type { VcloudApi, VcloudCall } from './api.js';
import { capture, deployment, metadata, undeployment } from './documents.js';
import { hasSize, nextChange } from './hardware.js';
import type { Places } from './places.js';
import { ended, type Task, taskOf } from './tasks.js';
import { catalogued, savedImageOf, templates } from './templates.js';
import { isBusy, type VApp, vappOf } from './vapp.js';

interface Request {
  /** Below the vApp. */
  readonly at: string;
  readonly body?: string;
  readonly type?: string;
}

const deploy: Request = { at: '/action/deploy', body: deployment, type: 'deployVAppParams' };
const undeploy = (how: 'powerOff' | 'shutdown'): Request => ({
  at: '/action/undeploy',
  body: undeployment(how),
  type: 'undeployVAppParams',
});

/** In the metadata of a vApp that was stopped for an operation, and is to run again afterwards. */
const resumeKey = 'agency.resume';

/** Programming Guide 1.5, "Operate a vApp". What is stopped is undeployed too: it holds no resources then. */
export class VcloudOperations implements MachineOperations {
  constructor(
    private readonly api: VcloudApi,
    private readonly places: Places,
  ) {}

  async act(_region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    const requests: Readonly<Record<PowerAction, Request>> = {
      start: deploy,
      stop: undeploy(forced ? 'powerOff' : 'shutdown'),
      restart: { at: `/power/action/${forced ? 'reset' : 'reboot'}` },
      suspend: { at: '/power/action/suspend' },
      resume: { at: '/power/action/powerOn' },
    };
    await this.ask(hrefOf(vendorId), requests[action]);
  }

  async resize(_region: string, vendorId: string, size: string): Promise<boolean> {
    const wanted = readFreeSize(size);
    const vapp = await this.vapp(vendorId);
    if (isBusy(vapp)) return false;
    if (vapp.vm === undefined) throw new VendorError('conflict', 'it has no VM yet');
    const fits = hasSize(vapp.vm, wanted);
    if (fits) return !(await this.goesOn(vapp));
    if (vapp.deployed) await this.interrupt(vapp);
    else await nextChange(this.api, vapp.vm, wanted);
    return false;
  }

  /** A vApp is captured while it is stopped: one that runs is stopped, captured, and started when the copy is there. */
  async save(region: string, vendorId: string, image: { readonly name: string; readonly token: string }): Promise<SavedImage> {
    const name = `${image.name.slice(0, longestName - image.token.length - 1)}-${image.token}`;
    const vapp = await this.vapp(vendorId);
    const known = (await templates(this.api)).find((template) => template.name === name);
    if (known) return await this.saved(name, known.id, vapp);
    if (vapp.deployed) await ended(this.api, await this.interrupt(vapp));
    const vdc = await this.places.href(region);
    const request = { body: capture(name, vapp.href), type: 'captureVAppParams' };
    return savedImageOf(
      await this.api.call({ method: 'POST', at: `${vdc}/action/captureVApp`, ...request, roots: ['VAppTemplate'] }),
    );
  }

  private async saved(name: string, id: string, vapp: VApp): Promise<SavedImage> {
    const template = savedImageOf(await this.api.call({ method: 'GET', at: `/vAppTemplate/${id}`, roots: ['VAppTemplate'] }));
    const waits = template.state === 'building' || isBusy(vapp) || (await this.goesOn(vapp));
    if (waits) return { ...template, state: 'building' };
    if (template.state === 'active') await catalogued(this.api, this.places, { name, id });
    return template;
  }

  /** Stops what runs for an operation; the vApp remembers that it is to run again. @throws VendorError conflict while it is suspended. */
  private async interrupt({ href, status }: VApp): Promise<Task> {
    if (status === '3') throw new VendorError('conflict', 'it is suspended: resume or stop it first');
    const body = metadata({ [resumeKey]: 'true' });
    await this.finish({ method: 'POST', at: `${href}/metadata`, type: 'metadata', body });
    return await this.ask(href, undeploy('powerOff'));
  }

  /** Starts what was stopped for an operation, and forgets that once it runs; whether there is more to wait for. */
  private async goesOn({ href, deployed }: VApp): Promise<boolean> {
    const kept = await this.api.call({ method: 'GET', at: `${href}/metadata`, roots: ['Metadata'] });
    if (!list(kept, [], 'MetadataEntry').some((entry) => text(entry, 'Key') === resumeKey)) return false;
    if (deployed) await this.finish({ method: 'DELETE', at: `${href}/metadata/${resumeKey}` });
    else await this.ask(href, deploy);
    return !deployed;
  }

  private async vapp(vendorId: string): Promise<VApp> {
    return vappOf(await this.api.call({ method: 'GET', at: hrefOf(vendorId), roots: ['VApp'] }));
  }

  private async ask(vapp: string, { at, ...request }: Request): Promise<Task> {
    return taskOf(await this.api.call({ method: 'POST', at: vapp + at, ...request, roots: ['Task'] }));
  }

  private async finish(call: Omit<VcloudCall, 'roots'>): Promise<void> {
    await ended(this.api, taskOf(await this.api.call({ ...call, roots: ['Task'] })));
  }
}

const hrefOf = (vendorId: string): string => `/vApp/${encodeURIComponent(vendorId)}`;

/** The longest name that a template has (Schema Reference 1.5, ResourceType). */
const longestName = 128;
