import { mostFloatingIps } from './floating-ips.js';
import { identityOf } from './identity.js';
import { neutronFault } from './neutron-list.js';
import { type Call, type Handler, placeOf } from './service.js';

interface Quota {
  readonly limit: number;
  readonly used: number;
}

/** Networking API reference, List quotas for a project; -1 is no limit. */
export const showQuotas: Handler = (call) => {
  const quotas = Object.entries(quotasOf(call)).map(([resource, { limit }]) => [resource, limit] as const);
  return { body: { quota: Object.fromEntries(quotas) } };
};

/** The same with what is used of each. */
export const showQuotaDetails: Handler = (call) => {
  const quotas = Object.entries(quotasOf(call)).map(([resource, quota]) => [resource, { ...quota, reserved: 0 }] as const);
  return { body: { quota: Object.fromEntries(quotas) } };
};

function quotasOf(call: Call): Record<string, Quota> {
  const { testbed, cloud, params } = call;
  if (params.id !== identityOf(cloud).project.id)
    throw neutronFault(403, 'PolicyNotAuthorized', '(rule:get_quota) is disallowed by policy');
  const place = placeOf(call);
  return {
    network: { limit: -1, used: testbed.networks.in(place).length },
    subnet: { limit: -1, used: testbed.networks.subnetsIn(place).length },
    port: { limit: -1, used: testbed.interfaces.in(place).length },
    floatingip: { limit: mostFloatingIps, used: testbed.publicAddresses.in(place).length },
  };
}
