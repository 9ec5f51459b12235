import { digest, uuidOf } from '../../cloud/digest.js';
import type { Instance } from '../../cloud/instance.js';
import type { Interface, Network, Subnet } from '../../cloud/network.js';
import { visibleServers } from './find-server.js';
import type { Call } from './service.js';

type Where = Pick<Call, 'cloud' | 'region' | 'dialect'>;

/** The network that every region comes with; its addresses are those at which the servers answer. */
export const networkIdOf = ({ cloud, region, dialect }: Where): string =>
  dialect.ownNetworkId ?? uuidOf(`${cloud.name} ${region.region} ${dialect.ownNetwork}`);

const subnetIdOf = ({ cloud, region, dialect }: Where): string =>
  uuidOf(`${cloud.name} ${region.region} ${dialect.ownNetwork} subnet`);

const common = ({ cloud, region }: Where) => ({
  cloud: cloud.name,
  region: region.region,
  description: '',
  labels: {},
  change: null,
  createdAt: 0,
});

/** Made up anew each time: nothing of it can change. */
export const privateNetwork = (where: Where): Network => ({
  ...common(where),
  id: networkIdOf(where),
  name: where.dialect.ownNetwork,
  range: null,
  state: 'available',
});

export const privateSubnet = (where: Where): Subnet => ({
  ...common(where),
  id: subnetIdOf(where),
  name: `${where.dialect.ownNetwork}-subnet`,
  network: networkIdOf(where),
  zone: null,
  range: '127.0.0.0/8',
  gateway: null,
  reserved: 1,
});

/** The port that a server comes with. */
export const primaryPort = (where: Where, server: Instance): Interface => ({
  ...common(where),
  id: uuidOf(`${server.id} port`),
  name: '',
  network: networkIdOf(where),
  subnet: subnetIdOf(where),
  zone: null,
  address: server.address,
  mac: macOf(server.id),
  state: 'in-use',
  attachment: { id: server.id, instance: server.id, index: 0, at: server.createdAt },
  passing: true,
  request: null,
  createdAt: server.createdAt,
});

export const primaryPorts = (call: Call): Interface[] =>
  visibleServers(call)
    .filter(({ address, state }) => address !== null && state !== 'booting')
    .map((server) => primaryPort(call, server));

/** Of the range that OpenStack takes its own from. */
export const macOf = (id: string): string => `fa:16:3e:${(digest(id, 6).match(/../g) ?? []).join(':')}`;
