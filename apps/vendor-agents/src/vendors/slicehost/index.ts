import type { VendorModule } from '../../vendor/vendor-module.js';
import { SlicehostDriver } from './slicehost-driver.js';

const endpoint = 'https://api.slicehost.com';

export const vendor: VendorModule = {
  name: 'slicehost',
  title: 'Slicehost',
  family: 'slicehost',
  protocol: 'Slicehost API, XML over HTTP with Basic authentication',
  operator: 'slicehost',
  credentials: [{ name: 'api_key', title: 'API password', required: true, secret: true }],
  endpoint,
  abilities: ['compute', 'restart', 'prices'],
  limits: [
    'Slicehost slices can be rebooted, rebuilt and destroyed, and nothing else: no stop, no suspending, no other size, no console.',
    'Slicehost takes backups on a schedule of its own, and none when asked to: no images of machines.',
    'Slicehost takes neither keys nor user data: a slice has a root password, which the answer to its creation tells once and nobody keeps.',
    'Slicehost has no tags: which installation and placement a slice is for stands in its name.',
    'Slicehost tells neither the cores nor the disk of a flavor: one core is counted, and the disk is unknown. It bills by the month: a price is a 730th of that.',
    'Slicehost tells nothing of where a slice is, nor of quotas, networks of one’s own or measurements. An account is one region.',
    'Slices are deleted only where the account allows its API to.',
  ],
  testedAgainst: ['the testbed’s Slicehost'],
  sources: [
    'Slicehost API 1.2 (April 2008): authentication, ActiveResource conventions, common errors',
    'Apache Libcloud and fog, for slices, flavors, images and states: the vendor’s own page of them is gone',
    'unverified: how it says that it is full or that a limit is reached (an error that speaks of capacity, or of a limit), and that a slice which ends before its build has is one that did not boot',
  ],
  connect(account, { http }) {
    const regions = Array.isArray(account.regions) ? account.regions : Object.keys(account.regions);
    return new SlicehostDriver(
      {
        endpoint: account.endpoint ?? endpoint,
        apiKey: account.credentials.api_key ?? '',
        regions: regions.length === 0 ? ['stl'] : regions,
        images: account.images ?? {},
      },
      http,
    );
  },
};
