import { type Vendor, vendorOf } from '../entities/vendor.js';
import { listing } from '../listing.js';
import { count } from '../views/figures.js';

export const vendors = listing<Vendor>({
  name: 'vendors',
  description: 'List the vendor agents and how they are',
  kind: 'vendor',
  heads: [
    { title: 'NAME' },
    { title: 'TYPE' },
    { title: 'STATE' },
    { title: 'OFFERS', align: 'right' },
    { title: 'REGIONS', align: 'right' },
    { title: 'MESSAGE' },
  ],
  read: vendorOf,
  row: ({ name, type, state, offers, regions, message }) => [name, type, state, count(offers), count(regions.length), message],
  none: 'No vendor agent has announced itself. Configure accounts (AGENCY_CONFIG) or run the testbed.',
});
