import type { VendorModule } from '../../vendor/vendor-module.js';
import { CloudSigmaDriver } from './cloudsigma-driver.js';

const endpoint = 'https://{region}.cloudsigma.com/api/2.0';

export const vendor: VendorModule = {
  name: 'cloudsigma',
  title: 'CloudSigma',
  family: 'cloudsigma',
  protocol: 'CloudSigma API 2.0, JSON over HTTP with Basic authentication',
  operator: 'cloudsigma',
  credentials: [
    { name: 'username', title: 'email address', required: true },
    { name: 'password', title: 'password', required: true, secret: true },
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
    'resize',
    'save',
    'volumes',
    'prices',
  ],
  limits: [
    'CloudSigma has no sizes: any is made, and Apache Libcloud’s are known by their names. A core is 2000 MHz.',
    'CloudSigma has no restart: a server is stopped and started, and carries in its meta that it is to be started again.',
    'CloudSigma attaches drives to, detaches them from and resizes stopped servers only: one that runs is shut down for it and started again.',
    'A machine’s drive grows with it, and does not shrink.',
    'A public address may change whenever a server is started.',
    'CloudSigma suspends no server, and shows its console by VNC only.',
    'VLANs and addresses are subscriptions by the month that end by themselves, and servers must be stopped for them; addresses in a VLAN are up to the operating system: networks and addresses of one’s own are not done.',
    'CloudSigma counts what a server’s interfaces and drives carry, and measures neither its processors nor its memory: no metrics.',
    'CloudSigma tells no quotas; its prices are those of the current burst level, without traffic.',
    'ssh keys and user data are in the meta of a server, where cloud-init looks for them; an image without cloud-init ignores them.',
  ],
  testedAgainst: ['the testbed’s CloudSigma'],
  sources: [
    'CloudSigma API 2.0 documentation: General Notes, Servers, Drives, Snapshots, Server Network Interfaces, Networking, Meta, Server Context, Capabilities, Billing, Errors',
    'cloud-init, Datasources, CloudSigma',
    'Apache Libcloud, for the named sizes and 2000 MHz a core',
    'unverified: how CloudSigma says that it is full (an error that speaks of capacity counts), and whether a snapshot outlives its drive',
  ],
  connect(account, { http }) {
    const regions = Array.isArray(account.regions) ? account.regions : Object.keys(account.regions);
    return new CloudSigmaDriver(
      {
        endpoint: account.endpoint ?? endpoint,
        username: account.credentials.username ?? '',
        password: account.credentials.password ?? '',
        homeRegion: regions[0] ?? 'zrh',
        images: account.images ?? {},
      },
      http,
    );
  },
};
