import type { OpenAccount, VendorModule } from '../../vendor/vendor-module.js';
import { VcloudDriver } from './vcloud-driver.js';

/** What a VM is offered with; vSphere 5 gave one up to 32 processors and 1,011 GiB of memory. */
const limits = { cores: [1, 16], memory: [0.5, 64], disk: [10, 500] } as const;

/** All that vendors of vCloud Director have in common. */
export const directorModule: Omit<VendorModule, 'name' | 'title' | 'operator' | 'endpoint'> = {
  family: 'vcloud',
  protocol: 'vCloud API 1.5 (vCloud Director)',
  credentials: [
    { name: 'username', title: 'user name', required: true },
    { name: 'organization', title: 'organization', required: true },
    { name: 'password', title: 'password', required: true, secret: true },
  ],
  abilities: [
    'compute',
    'free-size',
    'ssh-key',
    'user-data',
    'tags',
    'start-stop',
    'restart',
    'suspend',
    'resize',
    'save',
    'quotas',
  ],
  limits: [
    'A region is a virtual data center, which has no zones.',
    'A disk is at least as large as that of its image, and never becomes smaller.',
    'A key and user data reach a machine as properties of its OVF environment: its image has to read them, as cloud-init does.',
    'The image of a machine is made while it is stopped: one that runs is stopped for it, and started again.',
    'Independent disks came with version 5.1 of the API, and are not used.',
    'Networks and public addresses are the operator’s and the organization’s administrator’s to give.',
    'The API has no prices, no spot market, no console text and, in this version, no measurements.',
  ],
  testedAgainst: ['the testbed’s vCloud Director'],
  sources: [
    'vCloud API Programming Guide and Schema Reference 1.5',
    'recorded answers of public clients; which minor error codes say that a quota or the capacity is used up could not be checked',
  ],
  connect: (account, { http }) => new VcloudDriver(profileOf(account), http),
};

function profileOf({ endpoint = '', credentials, images: ownImages = {}, network }: OpenAccount) {
  const { username = '', organization = '', password = '' } = credentials;
  return { endpoint, user: `${username}@${organization}`, password, organization, ownImages, network, limits };
}
