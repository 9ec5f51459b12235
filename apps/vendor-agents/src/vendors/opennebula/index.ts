import { oneFamily, oneSources } from '../../families/opennebula/manifest.js';
import type { VendorModule } from '../../vendor/vendor-module.js';

export const vendor: VendorModule = {
  ...oneFamily,
  name: 'opennebula',
  title: 'OpenNebula',
  operator: 'opennebula',
  endpoint: 'http://127.0.0.1:2633/RPC2',
  sources: oneSources,
};
