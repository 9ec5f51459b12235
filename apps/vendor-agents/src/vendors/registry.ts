import { AgencyError, nearest } from '@cloud-agency/errors';
import type { VendorModule } from '../vendor/vendor-module.js';
import { amazon } from './amazon/index.js';
import { openstack } from './openstack/index.js';

/** Every vendor the Agency can drive. A new one is its folder and its line here. */
const vendors: readonly VendorModule[] = [amazon, openstack];

/** @throws AgencyError invalid-setting naming the known vendors. */
export function vendorNamed(name: string): VendorModule {
  const found = vendors.find((vendor) => vendor.name === name);
  if (found) return found;
  const known = vendors.map((vendor) => vendor.name);
  const guess = nearest(name, known);
  const hint = guess === undefined ? `Known vendors: ${known.join(', ')}.` : `Did you mean '${guess}'?`;
  throw new AgencyError('invalid-setting', { message: `There is no vendor '${name}'. ${hint}` });
}
