import type { Cloud } from '../../cloud/cloud.js';
import type { Place } from '../../cloud/shelf.js';
import type { Testbed } from '../../testbed.js';

interface Request {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The region that a request is about: of the thing in its path, else the one that its body names. */
export function regionOf({ testbed, cloud, params, body }: Request): string | undefined {
  const { region, linode_id: machine } = (body ?? {}) as { region?: unknown; linode_id?: unknown };
  const own = (thing: Place | undefined): string | undefined => (thing?.cloud === cloud.name ? thing.region : undefined);
  const instance = testbed.fleet.get(params.linode ?? String(machine));
  const volume = testbed.volumes.all().find(({ id, cloud: at }) => id === params.volume && at === cloud.name);
  const named = params.region ?? (typeof region === 'string' ? region : undefined);
  return own(instance) ?? own(volume) ?? (named === undefined ? undefined : cloud.region(named)?.region);
}
