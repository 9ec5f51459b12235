import type { VendorModule } from '../../vendor/vendor-module.js';
import { GandiDriver } from './gandi-driver.js';

const endpoint = 'https://rpc.gandi.net/xmlrpc/';

export const vendor: VendorModule = {
  name: 'gandi',
  title: 'Gandi',
  family: 'gandi',
  protocol: 'Gandi’s hosting API, XML-RPC',
  operator: 'gandi',
  credentials: [{ name: 'api_key', title: 'API key', required: true, secret: true }],
  endpoint,
  abilities: ['compute', 'free-size', 'ssh-key', 'start-stop', 'restart', 'resize', 'save', 'volumes'],
  limits: [
    'Gandi has no tags: the host name says which machine it is.',
    'A machine without a public key gets a password that nobody knows: Gandi makes none without either.',
    'Gandi runs one shell command at the first boot (`run`), and no cloud-init: user data is not passed on.',
    'Gandi deletes what is halted: a machine that runs is stopped first, and deleted when it is asked for again.',
    'Gandi suspends nothing, though it has a state for it, and stops and restarts in one way.',
    'A resize to more memory than a machine was started for restarts it; a disk grows and never shrinks.',
    'An image of a machine is a copy of its system disk. Gandi tells no device names of volumes.',
    'Gandi bills credits by the hour at rates of its own, which its catalogue tells in no currency: prices are of the account’s list.',
    'Interfaces have no names at Gandi, so that one joined to a private VLAN, or a second public address, could not be told again: not done.',
    'Its metrics (hosting.metric.query) are of disks and interfaces and by the hour; of the processor they are not documented: not done.',
    'Consoles are had by SSH, from console.gandi.net, and not by the API; quotas are the account’s credits.',
  ],
  testedAgainst: ['the testbed’s Gandi'],
  sources: [
    'doc.rpc.gandi.net: IaaS Hosting API, references of virtual machines, disks and images, Operation API',
    'gandi.cli (Gandi’s own command line, its fixtures and its issue 152), and Apache Libcloud',
    'Gandi wiki, Error codes format: the digits of a fault',
    'unverified: the faults for a full data centre and for quotas, the longest host name (63 is taken for it), the most cores (16) and the largest disk (1 TiB)',
  ],
  connect: (account, { http }) =>
    new GandiDriver(
      {
        endpoint: account.endpoint ?? endpoint,
        apiKey: account.credentials.api_key ?? '',
        images: account.images ?? {},
      },
      http,
    ),
};
