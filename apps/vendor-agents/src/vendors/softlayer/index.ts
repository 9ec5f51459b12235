import type { VendorModule } from '../../vendor/vendor-module.js';
import { SoftLayerDriver } from './softlayer-driver.js';

const endpoint = 'https://api.softlayer.com/xmlrpc/v3';

export const vendor: VendorModule = {
  name: 'softlayer',
  title: 'SoftLayer',
  family: 'softlayer',
  protocol: 'SoftLayer API v3, XML-RPC',
  operator: 'softlayer',
  credentials: [
    { name: 'username', title: 'user name', required: true },
    { name: 'api_key', title: 'API key', required: true, secret: true },
    { name: 'domain', title: 'domain of the machines’ names', required: false },
  ],
  endpoint,
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
    'prices',
  ],
  limits: [
    'An instance has its host name from the start and its tags a moment later: the host name says which machine it is.',
    'Instances are billed by the hour and have a local disk: those of the SAN, and hosts of one’s own, are not offered.',
    'A resize is an order for an upgrade of cores and memory, which restarts the machine; its disk stays.',
    'A machine of a saved image has the disk of that image, whatever its size says.',
    'Public keys stay in the account for the next machine that wants them.',
    'Prices are those of cores, memory and disk: an operating system that costs something comes on top.',
    'Volumes are iSCSI targets that machines mount themselves, and VLANs are ordered from sales: neither is done.',
    'What SoftLayer measures (getCpuMetricDataByDate, getBandwidthDataByDate) has no documented units: not done. Its API shows no console and no quota.',
  ],
  testedAgainst: ['the testbed’s SoftLayer'],
  sources: [
    'softlayer.github.io (SLDN): reference of SoftLayer_Virtual_Guest, SoftLayer_Account and SoftLayer_Product_Order',
    'softlayer-python: its transport, its managers and its fixtures',
    'unverified: that an instance which could not be provisioned is disconnected, the exceptions for a full data centre, for a limit of the account and for an instance that is busy (any that speaks of it counts), and the longest host name (63 is taken for it)',
  ],
  connect: (account, { http, now }) =>
    new SoftLayerDriver(
      {
        endpoint: (account.endpoint ?? endpoint).replace(/\/$/, ''),
        username: account.credentials.username ?? '',
        apiKey: account.credentials.api_key ?? '',
        domain: account.credentials.domain ?? 'cloud-agency.example',
        images: account.images ?? {},
      },
      http,
      now,
    ),
};
