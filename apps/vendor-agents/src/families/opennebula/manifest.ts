import type { CredentialField, OpenAccount, VendorModule } from '../../vendor/vendor-module.js';
import { OpenNebulaDriver } from './opennebula-driver.js';

const credentials: readonly CredentialField[] = [
  { name: 'username', title: 'user name', required: true },
  { name: 'password', title: 'password, or a login token', required: true, secret: true },
  {
    name: 'template',
    title: 'name or number of the VM template that free sizes are made of; the first without it',
    required: false,
  },
  { name: 'datastore', title: 'name or number of the image datastore for volumes; the roomiest without it', required: false },
  { name: 'network_attributes', title: 'attributes that new networks need, e.g. VN_MAD="vxlan" PHYDEV="eth0"', required: false },
];

/** What all clouds of OpenNebula have in common. */
export const oneFamily: Omit<VendorModule, 'name' | 'title' | 'operator' | 'sources'> = {
  family: 'opennebula',
  protocol: 'OpenNebula XML-RPC, releases 3.8 to 6',
  credentials,
  abilities: [
    'compute',
    'zones',
    'free-size',
    'ssh-key',
    'user-data',
    'tags',
    'start-stop',
    'restart',
    'suspend',
    'resize',
    'save',
    'volumes',
    'networks',
    'quotas',
    'metrics',
  ],
  limits: [
    'OpenNebula tells no prices that a customer pays: the account names a price list, whose sizes are called like the cloud’s VM templates, or like c2-m4-d50.',
    'One endpoint is one region, called as the account calls it; zones are its clusters, where the operator lets the account see hosts.',
    'OpenNebula shows a console through its web interfaces only, and has no text of it.',
    'OpenNebula has no public addresses apart from those of networks.',
    'A machine that the scheduler finds no room for is given up, although OpenNebula would keep it waiting.',
    'A resize changes cores and memory, and not the disk.',
    'Quotas are those of the user; those of the group are not asked for.',
    'Networks are made by accounts that may make some, with a bridge of each host’s own unless network_attributes says otherwise.',
  ],
  testedAgainst: ['the testbed’s OpenNebula, written after the documents of releases 4.14 and 5.12'],
  connect(account, { http }) {
    return new OpenNebulaDriver(profileOf(account), http);
  },
};

function profileOf({ name, endpoint, regions, images = {}, network, credentials: given }: OpenAccount) {
  const { username = '', password = '', template, datastore, network_attributes: networkAttributes } = given;
  const names = Array.isArray(regions) ? (regions as readonly string[]) : Object.keys(regions);
  return {
    endpoint: endpoint ?? 'http://127.0.0.1:2633/RPC2',
    username,
    password,
    regions: names.length === 0 ? [name] : names,
    ownImages: images,
    network,
    template,
    datastore,
    networkAttributes,
  };
}

export const oneSources: readonly string[] = [
  'OpenNebula documentation, XML-RPC API of releases 4.14, 5.12 and 6, and the compatibility guides between them',
  'Unverified: the words of quota and capacity refusals, and argument lists before 4.14',
];
