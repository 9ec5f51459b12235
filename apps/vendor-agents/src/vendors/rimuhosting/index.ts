import type { VendorModule } from '../../vendor/vendor-module.js';
import { RimuHostingDriver } from './rimuhosting-driver.js';

const publicEndpoint = 'https://rimuhosting.com/r';

export const vendor: VendorModule = {
  name: 'rimuhosting',
  title: 'RimuHosting',
  family: 'rimuhosting',
  protocol: 'RimuHosting REST API, JSON',
  operator: 'rimuhosting',
  endpoint: publicEndpoint,
  credentials: [{ name: 'api_key', title: 'API key', required: true, secret: true }],
  abilities: ['compute', 'ssh-key', 'user-data', 'tags', 'start-stop', 'restart', 'resize', 'prices'],
  limits: [
    'RimuHosting has no client tokens: a label in a server’s domain name, below agency.internal, says which machine it is.',
    'A data centre of RimuHosting has no zones.',
    'Pricing plans do not tell cores, which a VPS shares with its neighbours: each counts as one core.',
    'Prices are monthly: an hour is a 730th of a month, and what is charged beside the plan’s base fee is left out.',
    'Resizing sets memory and disk to those of the other plan; a disk may not shrink.',
    'The API suspends nothing on request, has no volumes, networks, consoles, quotas or spot market, and does not measure load.',
    'Extra addresses are asked for when a server is ordered, with a reason for a person to read: not done.',
    'Backups are no images that other servers are made of; cloning a server is not saving an image: not done.',
  ],
  testedAgainst: ['the testbed’s RimuHosting'],
  sources: [
    'RimuHosting’s reference of data structures and resources (apidocs.rimuhosting.com: jaxbdocs, jaxrsdocs)',
    'RimuHosting’s own client (github.com/pbkwee/RimuHostingAPI, rimu/rimuapi.py): roots of requests, file injection, cloud-config, changes of resources',
    'unverified: the words by which it says that a limit is reached or that a host is full, and how a setup that failed is shown',
  ],
  connect: ({ endpoint = publicEndpoint, credentials, images = {} }, { http, now }) =>
    new RimuHostingDriver({ endpoint, apiKey: credentials.api_key ?? '', images }, http, now),
};
