import { neutronShape } from './fault.js';
import { createFloatingIp, deleteFloatingIp, listFloatingIps, showFloatingIp, updateFloatingIp } from './floating-ips.js';
import type { Collection } from './neutron-list.js';
import { showQuotaDetails, showQuotas } from './neutron-quotas.js';
import { addTag, listTags, replaceTags } from './neutron-tags.js';
import { createNetwork, deleteNetwork, listNetworks, showNetwork } from './networks.js';
import { createPort, deletePort, listPorts, showPort } from './ports.js';
import { type Handler, type Served, Service } from './service.js';
import { createSubnet, deleteSubnet, listSubnets, showSubnet } from './subnets.js';

/** As much of Neutron v2.0 as it takes for networks that servers are in (OpenStack API reference, Networking). */
export function serveNeutron(served: Served): void {
  const neutron = new Service({ ...served, type: 'network', faults: neutronShape });
  neutron.versions(showVersions);
  neutron.get('/networks', listNetworks);
  neutron.post('/networks', createNetwork);
  neutron.get('/networks/:id', showNetwork);
  neutron.delete('/networks/:id', deleteNetwork);
  neutron.get('/subnets', listSubnets);
  neutron.post('/subnets', createSubnet);
  neutron.get('/subnets/:id', showSubnet);
  neutron.delete('/subnets/:id', deleteSubnet);
  neutron.get('/ports', listPorts);
  neutron.post('/ports', createPort);
  neutron.get('/ports/:id', showPort);
  neutron.delete('/ports/:id', deletePort);
  neutron.get('/quotas/:id', showQuotas);
  neutron.get('/quotas/:id/details', showQuotaDetails);
  neutron.get('/quotas/:id/details.json', showQuotaDetails);
  serveTags(neutron, ['networks', 'subnets', 'ports']);
  if (served.dialect.externalNetwork !== null) serveFloatingIps(neutron);
}

function serveFloatingIps(neutron: Service): void {
  neutron.get('/floatingips', listFloatingIps);
  neutron.post('/floatingips', createFloatingIp);
  neutron.get('/floatingips/:id', showFloatingIp);
  neutron.put('/floatingips/:id', updateFloatingIp);
  neutron.delete('/floatingips/:id', deleteFloatingIp);
  serveTags(neutron, ['floatingips']);
}

function serveTags(neutron: Service, collections: readonly Collection[]): void {
  for (const collection of collections) {
    neutron.get(`/${collection}/:id/tags`, listTags(collection));
    neutron.put(`/${collection}/:id/tags`, replaceTags(collection));
    neutron.put(`/${collection}/:id/tags/:tag`, addTag(collection));
  }
}

const showVersions: Handler = ({ base }) => ({
  body: { versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${base}/v2.0/` }] }] },
});
