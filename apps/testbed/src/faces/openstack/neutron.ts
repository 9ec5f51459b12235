import { neutronShape } from './fault.js';
import { addTag, listTags, replaceTags } from './neutron-tags.js';
import { createNetwork, deleteNetwork, listNetworks, showNetwork } from './networks.js';
import { createPort, deletePort, listPorts, showPort } from './ports.js';
import { type Handler, Service, type ServiceOptions } from './service.js';
import { createSubnet, deleteSubnet, listSubnets, showSubnet } from './subnets.js';

/** As much of Neutron v2.0 as it takes for networks that servers are in (OpenStack API reference, Networking). */
export function serveNeutron(shared: Pick<ServiceOptions, 'app' | 'testbed'>): void {
  const neutron = new Service({ ...shared, name: 'network', faults: neutronShape });
  neutron.get('', showVersions);
  neutron.get('/v2.0/networks', listNetworks);
  neutron.post('/v2.0/networks', createNetwork);
  neutron.get('/v2.0/networks/:id', showNetwork);
  neutron.delete('/v2.0/networks/:id', deleteNetwork);
  neutron.get('/v2.0/subnets', listSubnets);
  neutron.post('/v2.0/subnets', createSubnet);
  neutron.get('/v2.0/subnets/:id', showSubnet);
  neutron.delete('/v2.0/subnets/:id', deleteSubnet);
  neutron.get('/v2.0/ports', listPorts);
  neutron.post('/v2.0/ports', createPort);
  neutron.get('/v2.0/ports/:id', showPort);
  neutron.delete('/v2.0/ports/:id', deletePort);
  for (const collection of ['networks', 'subnets', 'ports'] as const) {
    neutron.get(`/v2.0/${collection}/:id/tags`, listTags(collection));
    neutron.put(`/v2.0/${collection}/:id/tags`, replaceTags(collection));
    neutron.put(`/v2.0/${collection}/:id/tags/:tag`, addTag(collection));
  }
}

const showVersions: Handler = ({ base }) => ({
  body: { versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${base}/v2.0/` }] }] },
});
