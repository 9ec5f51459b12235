import { type Json, number, text } from '../../vendor/json.js';
import { type FreeLimits, freeSizes } from '../../vendor/free-sizes.js';
import type { QuotaLeft, Size, VendorPrice } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import type { OnAppApi } from './onapp-api.js';

type Unit = 'cpu' | 'memory' | 'disk';

/** The most that is offered; a billing plan may set less. Few hypervisors have more to give. */
const most = { cores: 16, memory: 64, disk: 500 };

/** What an account may have and what it pays: OnApp API guide, Billing Plans, Base Resources. */
export class Billing {
  constructor(private readonly api: OnAppApi) {}

  async sizes(region: string): Promise<readonly Size[]> {
    return freeSizes(limitsOf(await this.resources(region)));
  }

  /** Beside what machines have in all: `cpus` and `memory` (MB) of each. */
  async quotas(region: string, machines: readonly Json[]): Promise<readonly QuotaLeft[]> {
    const resources = await this.resources(region);
    const used = (name: string): number => machines.reduce<number>((sum, machine) => sum + (number(machine, name) ?? 0), 0);
    const limits = [
      { of: 'machines', limit: limitOf(resources, 'vm_limit'), used: machines.length },
      { of: 'cores', limit: limitOf(resources, 'cpu'), used: used('cpus') },
      { of: 'memory', limit: limitOf(resources, 'memory'), used: used('memory') / 1024 },
    ] as const;
    return limits.flatMap(({ of, limit, used: taken }) => (limit === null ? [] : [{ of, left: Math.max(0, limit - taken) }]));
  }

  /** None where the plan does not charge for all that a machine has: such plans sell packages. */
  async prices(region: string): Promise<readonly VendorPrice[]> {
    const plan = await this.plan(region);
    const currency = text(await this.api.get(plan, 'billing_plan', region), 'currency_code');
    const resources = await this.resourcesOf(plan, region);
    const [cpu, memory, disk] = [priceOf(resources, 'cpu'), priceOf(resources, 'memory'), priceOf(resources, 'disk')];
    if (currency === undefined || cpu === null || memory === null || disk === null) return [];
    return freeSizes(limitsOf(resources)).flatMap(({ name: size, cores, memory: gib, disk: gb }) => {
      const price = Number((cores * cpu + gib * memory + (gb ?? 0) * disk).toFixed(6));
      return price === 0 ? [] : [{ region, size, price, currency }];
    });
  }

  private async resources(region: string): Promise<readonly Json[]> {
    return await this.resourcesOf(await this.plan(region), region);
  }

  private async resourcesOf(plan: string, region: string): Promise<readonly Json[]> {
    return await this.api.list(`${plan}/base_resources`, 'base_resource', region);
  }

  /** The path of the user's own. */
  private async plan(region: string): Promise<string> {
    const id = text(await this.api.get('profile', 'user', region), 'billing_plan_id');
    if (id === undefined) throw malformed('the profile names no billing plan');
    return `billing_plans/${encodeURIComponent(id)}`;
  }
}

/** Null: as much as there is. Memory in GiB. */
function limitOf(resources: readonly Json[], name: 'vm_limit' | 'cpu' | 'memory' | 'disk_size'): number | null {
  const resource = resources.find((candidate) => isCalled(candidate, name));
  const limit = number(resource, 'limits', 'limit');
  if (resource === undefined || limit === undefined) return null;
  return name === 'memory' ? limit / unitsInGib(resource) : limit;
}

function limitsOf(resources: readonly Json[]): FreeLimits {
  return {
    cores: [1, Math.min(most.cores, limitOf(resources, 'cpu') ?? Infinity)],
    memory: [0.5, Math.min(most.memory, limitOf(resources, 'memory') ?? Infinity)],
    disk: [10, Math.min(most.disk, limitOf(resources, 'disk_size') ?? Infinity)],
  };
}

/** Memory is sold by the MB unless the resource says otherwise. */
const unitsInGib = (resource: Json): number => (/^gb$/i.test(text(resource, 'unit') ?? '') ? 1 : 1024);

/** Each unit has a resource of its own (2.x), or is sold by the zone of hypervisors or data stores that it is taken from (3.0 and later). */
const soldAs: Readonly<Record<Unit, readonly (readonly [resource: string, price: string])[]>> = {
  cpu: [
    ['cpu', 'price_on'],
    ['hypervisor_group', 'price_on_cpu'],
  ],
  memory: [
    ['memory', 'price_on'],
    ['hypervisor_group', 'price_on_memory'],
  ],
  disk: [
    ['disk_size', 'price_on'],
    ['data_store_group', 'price_on'],
  ],
};

/** An hour, of a core or a GiB; where zones differ the dearest, for nobody chooses among data stores. Null when the plan does not say. */
function priceOf(resources: readonly Json[], unit: Unit): number | null {
  const prices = soldAs[unit].flatMap(([name, priceField]) =>
    resources
      .filter((resource) => isCalled(resource, name))
      .flatMap((resource) => {
        const price = number(resource, 'prices', priceField);
        return price === undefined ? [] : [unit === 'memory' ? price * unitsInGib(resource) : price];
      }),
  );
  return prices.length === 0 ? null : Math.max(...prices);
}

/** By `resource_name`, or as the class of it is called: `Resource::HypervisorGroup`. */
function isCalled(resource: Json, name: string): boolean {
  const ofClass = (text(resource, 'resource_class') ?? '').replace(/^.*::/, '').replace(/(?<=[a-z])[A-Z]/g, '_$&');
  return text(resource, 'resource_name') === name || ofClass.toLowerCase() === name;
}
