import type { VendorModule } from '../../vendor/vendor-module.js';
import { LinodeDriver } from './linode-driver.js';

const publicEndpoint = 'https://api.linode.com/v4';

export const vendor: VendorModule = {
  name: 'linode',
  title: 'Linode (Akamai)',
  family: 'linode',
  protocol: 'Linode API v4',
  operator: 'linode',
  endpoint: publicEndpoint,
  credentials: [{ name: 'token', title: 'personal access token', required: true, secret: true }],
  abilities: [
    'compute',
    'ssh-key',
    'user-data',
    'tags',
    'start-stop',
    'restart',
    'resize',
    'save',
    'volumes',
    'addresses',
    'prices',
    'metrics',
  ],
  limits: [
    'A region of Linode has no zones.',
    'Tags are words of 3 to 50 characters: those that are longer as name=value are left out.',
    'User data need an image and a region with Linode’s Metadata service.',
    'Linode does not suspend machines, has no spot market, and shows consoles to people only.',
    'What is left of the account’s limits is not told by the API.',
    'A machine that becomes smaller is stopped for it, as its disk has to become smaller before; its files have to fit.',
    'An address beside the first is given when Linode’s support has agreed to it, and reaches the system with its next restart.',
    'What Linode measures of disks counts blocks whose size it does not tell, and is left out.',
    'VPCs and VLANs are not used: that is our doing.',
  ],
  testedAgainst: ['the testbed’s Linode'],
  sources: [
    'Linode API v4 reference (techdocs.akamai.com/linode-api)',
    'which words say that a limit is reached or that a region is full is unverified: the reference lists none',
    'that `io_ready` of a volume says when its machine has it is unverified',
    'that the processors’ statistics are in percent of one of them is inferred from the alert of that name, and unverified',
  ],
  connect: ({ endpoint = publicEndpoint, credentials, images = {} }, { http }) =>
    new LinodeDriver({ endpoint, token: credentials.token ?? '', images }, http),
};
