import type { VendorModule } from '../../vendor/vendor-module.js';
import { BrightboxDriver } from './brightbox-driver.js';

const publicEndpoint = 'https://api.gb1.brightbox.com';

export const vendor: VendorModule = {
  name: 'brightbox',
  title: 'Brightbox',
  family: 'brightbox',
  protocol: 'Brightbox API 1.0, OAuth 2 token of an API client',
  operator: 'brightbox',
  endpoint: publicEndpoint,
  credentials: [
    { name: 'client', title: 'API client (cli-xxxxx)', required: true },
    { name: 'secret', title: 'secret of the API client', required: true, secret: true },
  ],
  abilities: [
    'compute',
    'zones',
    'ssh-key',
    'user-data',
    'start-stop',
    'restart',
    'resize',
    'save',
    'volumes',
    'addresses',
    'quotas',
  ],
  limits: [
    'Brightbox has no tags: placement and installation are in a server’s name.',
    'Every machine takes a cloud IP, so that it can be reached: the account’s limit of those is one of machines.',
    'A key reaches a machine by cloud-init, as user data do: its image has to read them.',
    'A machine is stopped for another size, and keeps its local disk: sizes with another one are refused.',
    'Brightbox does not suspend machines, has no spot market, and shows consoles to people only.',
    'The API has no prices and no measurements.',
    'Server groups and firewall policies are not used: that is our doing.',
  ],
  testedAgainst: ['the testbed’s Brightbox'],
  sources: [
    'Brightbox API 1.0 (api.gb1.brightbox.com/1.0), and what Brightbox’s own clients gobrightbox and fog-brightbox say of it',
    'which words say that a zone is full, and in which states a server can be resized, is unverified',
  ],
  connect: ({ endpoint = publicEndpoint, credentials, images = {} }, { http }) =>
    new BrightboxDriver({ endpoint, client: credentials.client ?? '', secret: credentials.secret ?? '', images }, http),
};
