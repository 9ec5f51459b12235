import { CloudStackDriver } from '../../families/cloudstack/cloudstack-driver.js';
import type { VendorModule } from '../../vendor/vendor-module.js';

export const vendor: VendorModule = {
  name: 'cloudstack',
  title: 'Apache CloudStack',
  family: 'cloudstack',
  protocol: 'CloudStack API 4.x in JSON, HMAC-SHA1 signatures',
  operator: 'cloudstack',
  credentials: [
    { name: 'api_key', title: 'API key', required: true },
    { name: 'secret_key', title: 'secret key', required: true, secret: true },
  ],
  endpoint: 'http://127.0.0.1:8080/client/api',
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
    'networks',
    'addresses',
    'quotas',
    'metrics',
  ],
  limits: [
    'A zone of CloudStack’s is a region here, since its networks and volumes are of one zone; a region has no zones of its own.',
    'CloudStack does not suspend machines, and shows their consoles only as pictures (VNC).',
    'CloudStack has no prices and no spot market: the account names a price list.',
    'Service offerings whose cores and memory are chosen with each machine are left out by this module.',
    'Networks of the account’s own and public addresses need an advanced zone with isolated networks.',
    'A destroyed machine can be recovered for as long as its operator says, and is gone to this module from the beginning of that time.',
  ],
  testedAgainst: ['the testbed’s CloudStack'],
  sources: [
    'Apache CloudStack API reference 4.x and Developer’s Guide ("Signing API Requests", "Asynchronous Commands")',
    'Apache CloudStack source: ApiErrorCode, VirtualMachine.State, Volume.State',
    'Unverified: the messages by which failures of one code are told apart, and that cpuused is a share of all cores.',
  ],
  connect(account, { http, now }) {
    const { api_key: apiKey = '', secret_key: secretKey = '' } = account.credentials;
    const { endpoint = 'http://127.0.0.1:8080/client/api', images: ownImages = {}, network } = account;
    return new CloudStackDriver({ endpoint, apiKey, secretKey, ownImages, network }, http, now);
  },
};
