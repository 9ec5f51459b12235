import { OcciDriver } from '../../families/opennebula-occi/occi-driver.js';
import type { VendorModule } from '../../vendor/vendor-module.js';

const standard = 'http://127.0.0.1:4567';

export const vendor: VendorModule = {
  name: 'opennebulaocci',
  title: 'OpenNebula (OCCI server)',
  family: 'opennebula-occi',
  protocol: 'OpenNebula’s own OCCI, releases 3.2 to 4, as of 3.8.4',
  operator: 'opennebulaocci',
  endpoint: standard,
  credentials: [
    { name: 'username', title: 'user name', required: true },
    { name: 'password', title: 'password', required: true, secret: true },
    {
      name: 'password_form',
      title: 'how the server wants the password: sha1 (the default), or plain where its authentication is set so',
      required: false,
    },
  ],
  abilities: ['compute', 'ssh-key', 'user-data', 'start-stop', 'restart', 'suspend'],
  limits: [
    'The server tells no prices: the account names a price list, whose sizes are called like the cloud’s instance types.',
    'One endpoint is one region with one zone.',
    'The server calls a machine ACTIVE from the beginning of its boot to the end of its going down.',
    'The server does not say why a machine waits or has failed: one that no host has room for is building until the Agency gives it up.',
    'The server gives a running machine no other size, no disks and no interfaces, and saves a disk only when its machine ends.',
    'The server tells quotas only to those who may list all users.',
    'The server shows no console, and what it measures to nobody.',
    'The server keeps no tags: the name of a machine says to whom it belongs.',
  ],
  testedAgainst: ['the testbed’s OCCI server, written after the source of OpenNebula 3.8.4'],
  sources: [
    'OpenNebula source, src/cloud/occi (OCCIServer.rb, VirtualMachineOCCI.rb, occi-server.rb, templates)',
    'Unverified: that RESTART starts what POWEROFF has stopped, and the words of quota and capacity refusals',
  ],
  connect(account, { http }) {
    const { username = '', password = '', password_form: form } = account.credentials;
    const { endpoint = standard, images = {}, network, regions, name } = account;
    const names = Array.isArray(regions) ? (regions as readonly string[]) : Object.keys(regions);
    return new OcciDriver(
      {
        endpoint: endpoint.replace(/\/+$/, ''),
        username,
        password,
        isPlain: form === 'plain',
        regions: names.length === 0 ? [name] : names,
        ownImages: images,
        network,
      },
      http,
    );
  },
};
