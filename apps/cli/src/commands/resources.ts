import { type Compute, computeOf } from '../entities/compute.js';
import { listing } from '../listing.js';

export const resources = listing<Compute>({
  name: 'resources',
  description: 'List the machines that the Agency brokered',
  kind: 'compute',
  heads: [
    { title: 'ID' },
    { title: 'NAME' },
    { title: 'STATE' },
    { title: 'VENDOR' },
    { title: 'REGION' },
    { title: 'ADDRESS' },
    { title: 'USD/h', align: 'right' },
    { title: 'MESSAGE' },
  ],
  read: computeOf,
  row: ({ id, name, state, vendor, region, address, price, message }) => [
    id,
    name,
    state,
    vendor,
    region,
    address,
    price?.toFixed(4) ?? '',
    message,
  ],
  none: 'There are no resources yet.',
});
