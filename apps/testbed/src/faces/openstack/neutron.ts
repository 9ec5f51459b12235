import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';
import { neutronShape, notFound } from './fault.js';
import { identityOf } from './keystone.js';
import { type Call, type Handler, Service, type ServiceOptions } from './service.js';

/** The one network of each region; its addresses are those of the instances. */
export const networkName = 'private';

export const networkIdOf = (cloud: Cloud, { region }: RegionProfile): string => uuidOf(`${cloud.name} ${region} ${networkName}`);

/** As much of Neutron v2.0 as it takes to find the network for a server. */
export function serveNeutron(shared: Pick<ServiceOptions, 'app' | 'testbed' | 'tokens'>): void {
  const neutron = new Service({ ...shared, name: 'network', faults: neutronShape });
  neutron.get('', showVersions);
  neutron.get('/v2.0/networks', listNetworks);
  neutron.get('/v2.0/networks/:id', showNetwork);
}

const showVersions: Handler = ({ base }) => ({
  body: { versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${base}/v2.0/` }] }] },
});

const listNetworks: Handler = (call) => {
  const network = networkView(call);
  const asked = (['id', 'name', 'status'] as const).every(
    (field) => (call.query.get(field) ?? network[field]) === network[field],
  );
  return { body: { networks: asked ? [network] : [] } };
};

const showNetwork: Handler = (call) => {
  const network = networkView(call);
  if (call.params.id !== network.id) throw notFound(`Network ${call.params.id ?? ''} could not be found.`);
  return { body: { network } };
};

const networkView = ({ cloud, region }: Call) => ({
  id: networkIdOf(cloud, region),
  name: networkName,
  status: 'ACTIVE',
  admin_state_up: true,
  shared: true,
  'router:external': false,
  subnets: [],
  mtu: 1500,
  tenant_id: identityOf(cloud).project.id,
  project_id: identityOf(cloud).project.id,
});
