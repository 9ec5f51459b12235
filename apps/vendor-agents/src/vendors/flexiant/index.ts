import type { VendorModule } from '../../vendor/vendor-module.js';
import { FlexiantDriver } from './flexiant-driver.js';

export const vendor: VendorModule = {
  name: 'flexiant',
  title: 'Flexiant Cloud Orchestrator',
  family: 'flexiant',
  protocol: 'Flexiant Cloud Orchestrator user API 5.0, REST',
  operator: 'flexiant',
  credentials: [
    { name: 'email', title: 'e-mail address, or UUID of an API user', required: true },
    { name: 'customer', title: 'UUID of the customer', required: true },
    { name: 'password', title: 'password', required: true, secret: true },
  ],
  abilities: [
    'compute',
    'zones',
    'ssh-key',
    'tags',
    'start-stop',
    'restart',
    'resize',
    'save',
    'volumes',
    'networks',
    'addresses',
    'quotas',
    'prices',
    'metrics',
  ],
  limits: [
    'Flexiant Cloud Orchestrator has no spot market and does not suspend servers.',
    'A console is a screen (VNC), not text: it is not shown.',
    'Its documents name no place for user data: none is given to a machine.',
    'Servers get the smallest boot disk of a fixed size that holds their image.',
    'Private networks have no range: machines have the addresses that they are given.',
    'An operator who charges in units of his own tells prices in them: then the account needs a price list.',
  ],
  testedAgainst: ['the testbed’s Flexiant Cloud Orchestrator'],
  sources: [
    'Flexiant Cloud Orchestrator API 5.0, endpoints, complex objects and enumerations, as buhanec/cloudify-flexiant-plugin (resttypes) repeats them',
    'cloudiator/flexiant-client (the keys cpu, ram and size of product offers; the schema of measured values)',
    'Not checked against documents of the vendor: the codes of errors, the keys of measured values, how billing values are called, the image’s baseUUID, the type USER_KEY of keys.',
  ],
  connect(account, { http }) {
    const { email = '', customer = '', password = '' } = account.credentials;
    const { endpoint = '', images = {}, network } = account;
    return new FlexiantDriver({ endpoint, email, customer, password, images, network }, http);
  },
};
