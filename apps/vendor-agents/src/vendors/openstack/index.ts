import { NovaDriver } from '../../families/nova/nova-driver.js';
import type { VendorModule } from '../../vendor/vendor-module.js';
import { openstackImages } from './images.js';

export const openstack: VendorModule = {
  name: 'openstack',
  title: 'OpenStack',
  family: 'nova',
  operator: 'openstack',
  credentials: [
    { name: 'username', title: 'user name', required: true },
    { name: 'password', title: 'password', required: true },
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
    'volumes',
    'networks',
  ],
  connect(account, { http, now }) {
    const {
      username = '',
      password = '',
      project = '',
      domain = 'Default',
      project_domain: projectDomain = domain,
    } = account.credentials;
    return new NovaDriver(
      {
        endpoint: account.endpoint ?? 'http://127.0.0.1:5000/v3',
        username,
        password,
        project,
        userDomain: domain,
        projectDomain,
        images: openstackImages,
        ownImages: account.images ?? {},
        network: account.network,
      },
      http,
      now,
    );
  },
};
