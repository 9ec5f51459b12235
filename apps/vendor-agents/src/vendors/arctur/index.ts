import { directorModule } from '../../families/vcloud/manifest.js';
import type { VendorModule } from '../../vendor/vendor-module.js';

/** A provider of Nova Gorica, Slovenia. */
export const vendor: VendorModule = {
  ...directorModule,
  name: 'arctur',
  title: 'Arctur',
  operator: 'arctur',
  limits: [...directorModule.limits, 'The address of its cloud is not public: the account names it.'],
  sources: [
    ...directorModule.sources,
    'that Arctur’s cloud is a vCloud Director is known from projects that used it, not from a document of Arctur’s',
  ],
};
