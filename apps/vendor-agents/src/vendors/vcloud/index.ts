import { directorModule } from '../../families/vcloud/manifest.js';
import type { VendorModule } from '../../vendor/vendor-module.js';

export const vendor: VendorModule = { ...directorModule, name: 'vcloud', title: 'vCloud Director', operator: 'vcloud' };
