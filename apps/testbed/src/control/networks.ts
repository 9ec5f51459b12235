import { isoTime } from '@cloud-agency/runtime';
import type { FastifyInstance } from 'fastify';
import type { Interface, Network, Subnet } from '../cloud/network.js';
import type { Testbed } from '../testbed.js';

/** What networks accounts have made, with all that is in them. Those that every region comes with are not listed. */
export function serveNetworks(app: FastifyInstance, { networks, interfaces }: Testbed): void {
  app.get('/control/networks', (request) => {
    const { cloud } = request.query as { cloud?: string };
    return networks
      .all()
      .filter((network) => cloud === undefined || network.cloud === cloud)
      .map((network) => ({
        ...view(network),
        subnets: networks.subnetsOf(network).map(subnetView),
        interfaces: interfaces
          .in(network)
          .filter((added) => added.network === network.id)
          .map(interfaceView),
      }));
  });
}

const view = ({ id, cloud, region, name, description, range, state, labels, createdAt }: Network) => ({
  id,
  cloud,
  region,
  name,
  description,
  range,
  state,
  tags: labels,
  created: isoTime(createdAt),
});

const subnetView = ({ id, zone, name, range, gateway, labels }: Subnet) => ({ id, zone, name, range, gateway, tags: labels });

const interfaceView = ({ id, subnet, zone, name, description, state, address, mac, attachment, labels }: Interface) => ({
  id,
  subnet,
  zone,
  name,
  description,
  state,
  address,
  mac,
  machine: attachment?.instance ?? null,
  index: attachment?.index ?? null,
  tags: labels,
});
