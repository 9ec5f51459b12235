import type { VendorModule } from '../../vendor/vendor-module.js';
import { OpsourceDriver } from './opsource-driver.js';

const standard = 'https://api.opsourcecloud.net';

export const vendor: VendorModule = {
  name: 'opsource',
  title: 'OpSource, later Dimension Data',
  family: 'opsource',
  protocol: 'OpSource API 0.9 (XML) for the account and its networks, Dimension Data CloudControl 2.4 (JSON) for servers',
  operator: 'opsource',
  endpoint: standard,
  credentials: [
    { name: 'username', title: 'user name', required: true },
    { name: 'password', title: 'password', required: true, secret: true },
  ],
  abilities: ['compute', 'free-size', 'start-stop', 'restart', 'resize'],
  limits: [
    'Data centres of the first generation (MCP 1.0) are used, where a server joins a network; those of MCP 2.0, with network domains and VLANs, are not.',
    'A server joins the network that the account names by its id or name, or the first of its data centre; its address there is a private one, and no NAT rule or VIP is made for it.',
    'Cores and memory are chosen freely, in whole GiB; the disk is that of the image, 10 GiB where the system is not Windows. Further disks are not added.',
    'A server is made by API 2.4, which takes cores and memory and tells its id; the creation of 0.9 does neither.',
    'The cloud takes neither SSH keys nor user data. It wants a password for the administrator: a random one is given, and told to nobody.',
    'The tags of API 2.4 need keys that the account’s administrator has made, and are not used: a server’s name says whose it is, and its description that it is to be started again after a resize.',
    'Servers cannot be suspended; the module saves no images of them, and the cloud shows no console.',
    'A server is stopped before it is resized or deleted, since the cloud does neither to one that runs without its operating system’s help.',
    'The cloud tells neither prices nor quotas nor metrics: the account names a price list.',
  ],
  testedAgainst: ['the testbed’s OpSource'],
  sources: [
    'OpSource Cloud API 0.9 and Dimension Data CloudControl API 2.4, as the clients of Apache Libcloud (opsource, dimensiondata) and go-dd-cloud-compute speak them, with their recorded answers',
    'unverified: which refusals of a creation are EXCEEDS_LIMIT and which OUT_OF_RESOURCES, and SERVER_STARTED and SERVER_STOPPED as codes of a wrong state',
  ],
  connect(account, { http }) {
    const { endpoint = standard, images = {}, network } = account;
    const { username = '', password = '' } = account.credentials;
    return new OpsourceDriver({ endpoint: endpoint.replace(/\/+$/, ''), username, password, ownImages: images, network }, http);
  },
};
