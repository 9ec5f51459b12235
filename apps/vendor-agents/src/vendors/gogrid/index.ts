import type { VendorModule } from '../../vendor/vendor-module.js';
import { GoGridDriver } from './gogrid-driver.js';

export const vendor: VendorModule = {
  name: 'gogrid',
  title: 'GoGrid',
  family: 'gogrid',
  protocol: 'GoGrid API 1.8, signed queries and JSON',
  operator: 'gogrid',
  credentials: [
    { name: 'api_key', title: 'API key', required: true },
    { name: 'secret', title: 'shared secret', required: true, secret: true },
  ],
  endpoint: 'https://api.gogrid.com/api',
  abilities: ['compute', 'start-stop', 'restart', 'resize'],
  limits: [
    'GoGrid has no tags: a label in a server’s description says which machine it is.',
    'GoGrid gives a server its id some time after it was added; creating waits half a minute for it and is asked again after that.',
    'A server takes one of the account’s free public addresses; creating fails with `quota` when there is none.',
    'GoGrid stops and restarts hard, always, and suspends nothing.',
    'GoGrid tells which amounts of memory it sells, not the cores and disks that come with them: those are of its price page of 2011.',
    'Images are saved of image sandboxes only, which are made for nothing else: not done.',
    'GoGrid’s API has no prices, quotas, volumes, networks of one’s own, consoles, user data or public keys; it makes the root password itself (support.password.list).',
    'Addresses beside a server’s first are set up inside its operating system: not done.',
  ],
  testedAgainst: ['the testbed’s GoGrid'],
  sources: [
    'GoGrid wiki: Anatomy of a GoGrid API Call, Common API Call Patterns, the pages of grid.server, grid.image, grid.ip, grid.job and common.lookup',
    'jclouds and Apache Libcloud, for the cores and disks of its sizes and for grid.server.edit',
    'unverified: the cores and disk of 24GB, and the error codes for a full datacenter and for a limit (any that speaks of capacity or of a quota counts)',
  ],
  connect: (account, { http, now }) =>
    new GoGridDriver(
      {
        endpoint: account.endpoint ?? 'https://api.gogrid.com/api',
        apiKey: account.credentials.api_key ?? '',
        secret: account.credentials.secret ?? '',
        images: account.images ?? {},
      },
      http,
      now,
    ),
};
