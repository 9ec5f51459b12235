import { uuidOf } from '../../cloud/digest.js';
import type { Network } from '../../cloud/network.js';
import { OpenStackFault } from './fault.js';
import type { Call } from './service.js';

type Where = Pick<Call, 'cloud' | 'region' | 'dialect'>;

/** The operator's network that leads outside: floating IPs are of it, and nothing else of an account's can be. Undefined where there is none. */
export function externalNetwork({ cloud, region, dialect }: Where): Network | undefined {
  const { externalNetwork: name } = dialect;
  if (name === null) return undefined;
  return {
    id: uuidOf(`${cloud.name} ${region.region} ${name}`),
    cloud: cloud.name,
    region: region.region,
    name,
    description: '',
    labels: {},
    range: null,
    state: 'available',
    change: null,
    createdAt: 0,
  };
}

export const isExternal = (where: Where, { id }: Pick<Network, 'id'>): boolean => externalNetwork(where)?.id === id;

/** Whoever is no administrator may see it, but not its subnet. */
export const externalSubnetId = ({ id }: Network): string => uuidOf(`${id} subnet`);

/** Neutron's policies give what belongs to the operator to administrators alone. @throws OpenStackFault 403 */
export function refuseExternal(where: Where, network: Network, rule: string): void {
  if (isExternal(where, network))
    throw new OpenStackFault(403, `(rule:${rule}) is disallowed by policy`, undefined, 'PolicyNotAuthorized');
}
