import { AgencyError, nearest } from '@cloud-agency/errors';
import type { VendorModule } from '../vendor/vendor-module.js';
import * as folders from './all.js';

/** Every vendor the Agency can drive: the folders beside this file, by name. */
export const vendors: readonly VendorModule[] = Object.values(folders).sort((a, b) => (a.name < b.name ? -1 : 1));

/** @throws AgencyError invalid-setting naming the known vendors. */
export function vendorNamed(name: string): VendorModule {
  const found = vendors.find((vendor) => vendor.name === name);
  if (found) return found;
  const known = vendors.map((vendor) => vendor.name);
  const guess = nearest(name, known);
  const hint = guess === undefined ? `Known vendors: ${known.join(', ')}.` : `Did you mean '${guess}'?`;
  throw new AgencyError('invalid-setting', { message: `There is no vendor '${name}'. ${hint}` });
}
