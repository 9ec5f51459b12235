import type { Instance } from '../../cloud/instance.js';
import { vmIdOf } from './names.js';
import type { Call, Setting } from './service.js';
import type { VApp } from './things.js';
import { busy, noAccess } from './vcloud-error.js';

type Where = Pick<Setting, 'testbed' | 'keeping' | 'cloud'>;

/** A vApp as it is now, with its instance. */
export interface FoundVApp {
  readonly vApp: VApp;
  readonly instance: Instance;
}

/** The instance behind a vApp or its virtual machine, as long as anybody remembers it. */
export function instanceOf({ testbed, keeping, cloud }: Where, id: string): Instance | undefined {
  const container = id.startsWith('vm-') ? keeping.vApps.all().find((vApp) => vmIdOf(vApp.id) === id)?.id : id;
  const instance = container === undefined ? undefined : testbed.fleet.get(container);
  return instance?.cloud === cloud.name ? instance : undefined;
}

/** Every vApp of the cloud, or of one of its virtual datacenters, oldest first. */
export const vAppsIn = ({ testbed, keeping, cloud }: Where, region?: string): FoundVApp[] =>
  keeping.vApps.all().flatMap((vApp) => {
    const instance = testbed.fleet.get(vApp.id);
    const isThere = instance?.cloud === cloud.name && instance.state !== 'terminated';
    return isThere && (region === undefined || instance.region === region) ? { vApp, instance } : [];
  });

/** By the id of a vApp or of its virtual machine. @throws VCloudError 403 */
export function foundVApp(where: Where, id: string): FoundVApp {
  const instance = instanceOf(where, id);
  const vApp = instance && where.keeping.vApps.get(instance.id);
  if (!vApp || instance.state === 'terminated') throw noAccess(id.startsWith('vm-') ? 'vm' : 'vapp', id);
  return { vApp, instance };
}

/** The one that a request is about, with nothing under way. @throws VCloudError 403, 400 while it is busy */
export function idleVApp(call: Call): FoundVApp {
  const found = foundVApp(call, call.id);
  if (found.instance.change !== null) throw busy(found.instance.name);
  return found;
}

/** What was known of vApps whose instances nobody remembers. */
export function forgetLost({ testbed, keeping }: Where): void {
  for (const vApp of keeping.vApps.all()) if (testbed.fleet.get(vApp.id) === undefined) keeping.vApps.forget(vApp);
}
