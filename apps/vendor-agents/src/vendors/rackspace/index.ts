import { identityV2 } from '../../families/nova/identity-v2.js';
import { NovaDriver } from '../../families/nova/nova-driver.js';
import { text } from '../../vendor/json.js';
import type { VendorModule } from '../../vendor/vendor-module.js';

const identityService = 'https://identity.api.rackspacecloud.com/v2.0';
/** The smallest volume, of the kind that is made unless another is asked for (Cloud Block Storage guide, "Volume types"), GiB. */
const leastVolume = 75;
/** Flavors without a disk, which start from a volume only, and those that are whole hosts (Cloud Servers guide, "Server flavors"). */
const special = /^(compute|memory|onmetal)/;

export const vendor: VendorModule = {
  name: 'rackspace',
  title: 'Rackspace Public Cloud',
  family: 'nova',
  protocol: 'Cloud Identity v2.0, Cloud Servers v2, Cloud Images v2, Cloud Block Storage v1',
  operator: 'rackspace',
  endpoint: identityService,
  credentials: [
    { name: 'username', title: 'user name', required: true },
    { name: 'api_key', title: 'API key', required: true, secret: true },
  ],
  abilities: ['compute', 'ssh-key', 'user-data', 'tags', 'start-stop', 'restart', 'resize', 'save', 'volumes', 'quotas'],
  limits: [
    'Rackspace has no price API: the account names a price list.',
    'Rackspace has no availability zones and no spot market.',
    'Rackspace suspends no machines, and shows neither their consoles’ text nor what its hypervisors measure.',
    'Rackspace has no floating IPs: a machine keeps the public address that it comes with.',
    'Machines join networks of the account’s own by an extension of Rackspace’s, which lets nobody choose an address; the module does not speak it.',
    `The smallest volume has ${leastVolume} GiB: who asks for less gets, and pays, that much.`,
    'Flavors that start from a volume only (compute1, memory1) and OnMetal are not offered.',
    'Rackspace resizes Standard and General Purpose machines, and no others.',
  ],
  testedAgainst: ['the testbed’s Rackspace'],
  sources: [
    'Rackspace Cloud Identity API guide v2.0, Cloud Servers API guide v2, Cloud Images API guide v2, Cloud Block Storage API guide v1',
    'That start and stop are there for every flavor, which classes can be resized, and that diagnostics and console text are not there could not be checked against Rackspace’s own documents',
  ],
  connect(account, { http, now }) {
    const { username = '', api_key: apiKey = '' } = account.credentials;
    const { endpoint = identityService, images: ownImages = {}, network } = account;
    return new NovaDriver(
      {
        identity: (client, clock) => identityV2({ endpoint, username, apiKey }, client, clock),
        zones: false,
        neutron: false,
        diagnostics: false,
        operations: { suspends: false, showsConsole: false },
        volumes: { nameField: 'display_name', least: leastVolume, zones: false },
        // There is no metadata service (Cloud Servers guide, "Config drive extension").
        configDrive: true,
        size: (size, flavor) =>
          special.test(text(flavor, 'OS-FLV-WITH-EXT-SPECS:extra_specs', 'class') ?? '')
            ? undefined
            : { ...size, architecture: 'x64', gpu: 0 },
        ownImages,
        network,
      },
      http,
      now,
    );
  },
};
