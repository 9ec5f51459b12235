import type { Call, Handler } from './call.js';
import { unitPrices } from './prices.js';

export const userId = 1;
const billingPlanId = 1;
export const networkId = 1;
const dataStoreId = 1;

/** A hypervisor zone for every zone, with one hypervisor each; both are numbered by their place. */
export const zoneOf = ({ region }: Call, hypervisorGroup: number): string | undefined => region.zones[hypervisorGroup - 1];

export const hypervisorOf = ({ region }: Call, zone: string): number => region.zones.indexOf(zone) + 1;

export const listHypervisorZones: Handler = ({ region }) => ({
  body: region.zones.map((label, place) => ({ hypervisor_group: { id: place + 1, label, location_group_id: 1, closed: false } })),
});

export const listHypervisors: Handler = ({ region }) => ({
  body: region.zones.map((label, place) => ({
    hypervisor: {
      id: place + 1,
      label: `${label} hypervisor`,
      hypervisor_group_id: place + 1,
      hypervisor_type: 'kvm',
      online: true,
    },
  })),
});

export const listNetworks: Handler = () => ({
  body: [{ network: { id: networkId, label: 'public', identifier: 'a1b2c3', network_group_id: 1, vlan: null, is_nated: false } }],
});

export const listDataStores: Handler = () => ({
  body: [{ data_store: { id: dataStoreId, label: 'store', data_store_group_id: 1, enabled: true } }],
});

export const showVersion: Handler = () => ({ body: { version: '5.0.0' } });

export const showProfile: Handler = () => ({
  body: { user: { id: userId, login: 'testbed', status: 'active', billing_plan_id: billingPlanId } },
});

export const showBillingPlan: Handler = () => ({
  body: { billing_plan: { id: billingPlanId, label: 'testbed', currency_code: 'USD' } },
});

/** Prices an hour of what a server has, and how many servers there may be. */
export const listBaseResources: Handler = ({ region }) => {
  const resource = (
    id: number,
    label: string,
    name: string,
    unit: string,
    prices: { readonly on: number; readonly off: number },
  ) => ({
    base_resource: {
      id,
      label,
      resource_name: name,
      resource_class: `Resource::${label.replace(' ', '')}`,
      unit,
      billing_plan_id: billingPlanId,
      limits: { limit: null as number | null, limit_free: 0 },
      prices: { price_on: prices.on, price_off: prices.off },
    },
  });
  const limit = resource(4, 'Vm Limit', 'vm_limit', 'VMs', { on: 0, off: 0 });
  return {
    body: [
      resource(1, 'Cpu', 'cpu', 'cores', unitPrices.cpu),
      resource(2, 'Memory', 'memory', 'MB', unitPrices.memory),
      resource(3, 'Disk Size', 'disk_size', 'GB', unitPrices.disk),
      { base_resource: { ...limit.base_resource, limits: { limit: region.quota, limit_free: 0 } } },
    ],
  };
};

/** What a user may have in all (2.x); later ones tell it by the billing plan. */
export const showResourceLimit: Handler = ({ region }) => ({
  body: { resource_limit: { user_id: userId, virtual_machines_count: region.quota, cpus: null, memory: null, disk_size: null } },
});
