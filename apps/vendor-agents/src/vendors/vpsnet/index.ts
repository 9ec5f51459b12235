import type { VendorModule } from '../../vendor/vendor-module.js';
import { VpsNetDriver } from './vpsnet-driver.js';

const publicEndpoint = 'https://api.vps.net';

export const vendor: VendorModule = {
  name: 'vpsnet',
  title: 'VPS.net',
  family: 'vpsnet',
  protocol: 'VPS.NET RESTful API, api10json',
  operator: 'vpsnet',
  endpoint: publicEndpoint,
  credentials: [
    { name: 'email', title: 'email address of the account', required: true },
    { name: 'api_key', title: 'API key', required: true, secret: true },
  ],
  abilities: ['compute', 'start-stop', 'restart'],
  limits: [
    'VPS.net has no tags and no client tokens: a label says which machine it is.',
    'A region is one of its clouds, by its label; it has no zones.',
    'Machines are made of nodes that the account has: creating fails with `quota` when too few of them are free, and none are bought.',
    'VPS.net tells no prices of nodes: the account needs a price list, which calls sizes `1 nodes`, `2 nodes` and so on.',
    'VPS.net makes up the root password, and takes neither public keys nor user data.',
    'It suspends nothing, has no spot market, and no networks or volumes of one’s own.',
    'More nodes for a machine that exists, backups, templates of one’s own, further addresses and graphs are in its API: not done.',
  ],
  testedAgainst: ['the testbed’s VPS.net'],
  sources: [
    'VPS.NET RESTful API documentation v1.9.5 (control.vps.net/api)',
    'govpsnet (cloud.go, vm_scheme.go, vm_operation.go) for paths of power actions and fields of a machine',
    'Apache Libcloud (drivers/vpsnet.py) for statuses and the form of errors',
    'unverified: 376 MB, 10 GB and a quarter of a core for each node, as VPS.net once advertised them; the words by which it says that a cloud is full or too few nodes are free; how a build that failed is shown',
  ],
  connect: ({ endpoint = publicEndpoint, credentials, images = {} }, { http }) =>
    new VpsNetDriver({ endpoint, email: credentials.email ?? '', apiKey: credentials.api_key ?? '', images }, http),
};
