import { oneFamily, oneSources } from '../../families/opennebula/manifest.js';
import type { VendorModule } from '../../vendor/vendor-module.js';

/** The research cloud of NIIF, Hungary: an OpenNebula with an endpoint, templates and prices of its own. */
export const vendor: VendorModule = {
  ...oneFamily,
  name: 'niifi',
  title: 'NIIF cloud',
  operator: 'niifi',
  sources: [
    ...oneSources,
    'Unverified: nothing is published of what NIIF’s OpenNebula does differently; its endpoint is not known',
  ],
};
