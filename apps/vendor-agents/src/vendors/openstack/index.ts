import { identityV3 } from '../../families/nova/identity-v3.js';
import { NovaDriver } from '../../families/nova/nova-driver.js';
import type { VendorModule } from '../../vendor/vendor-module.js';

export const vendor: VendorModule = {
  name: 'openstack',
  title: 'OpenStack',
  family: 'nova',
  protocol: 'Keystone v3, Nova v2.1, Glance v2, Neutron v2.0, Cinder v3',
  operator: 'openstack',
  endpoint: 'http://127.0.0.1:5000/v3',
  credentials: [
    { name: 'username', title: 'user name', required: true },
    { name: 'password', title: 'password', required: true, secret: true },
    { name: 'project', title: 'project', required: true },
    { name: 'domain', title: 'domain of the user and, unless said otherwise, of the project', required: false },
    { name: 'project_domain', title: 'domain of the project', required: false },
  ],
  abilities: [
    'compute',
    'zones',
    'ssh-key',
    'user-data',
    'tags',
    'start-stop',
    'restart',
    'suspend',
    'resize',
    'save',
    'console',
    'volumes',
    'networks',
    'addresses',
    'quotas',
    'metrics',
  ],
  limits: [
    'OpenStack has no prices: the account names a price list.',
    'OpenStack has no spot market.',
    'Nova shows its measurements to administrators only, unless the operator lets projects see them (policy os_compute_api:os-server-diagnostics).',
    'Public addresses are Neutron’s floating IPs: a cloud without an external network has none.',
  ],
  testedAgainst: ['the testbed’s OpenStack, written after a real one of release Zed'],
  sources: ['OpenStack API references of Identity v3, Compute v2.1, Image v2, Networking v2.0 and Block Storage v3'],
  connect(account, { http, now }) {
    const {
      username = '',
      password = '',
      project = '',
      domain = 'Default',
      project_domain: projectDomain = domain,
    } = account.credentials;
    const { endpoint = 'http://127.0.0.1:5000/v3', images: ownImages = {}, network } = account;
    return new NovaDriver(
      {
        identity: (client, clock) =>
          identityV3({ endpoint, username, password, project, userDomain: domain, projectDomain }, client, clock),
        zones: true,
        neutron: true,
        diagnostics: true,
        operations: { suspends: true, showsConsole: true },
        volumes: { nameField: 'name', least: 1, zones: true },
        configDrive: false,
        size: (size) => size,
        ownImages,
        network,
      },
      http,
      now,
    );
  },
};
