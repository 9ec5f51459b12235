import type { InterfaceOrder, NetworkInterface } from '../../vendor/port.js';
import { interfaceTag } from '../../vendor/tags.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { field, type Json, list, text } from '../../vendor/json.js';
import type { Services } from './services.js';

export interface Port extends NetworkInterface {
  /** The machine that has it, if one does. */
  readonly machine: string | undefined;
  /** Made by us: others are Nova's own, routers' and DHCP servers'. */
  readonly ours: boolean;
}

/** A port's name; Neutron lets two have one. */
const nameOf = (token: string): string => `${interfaceTag}-${token}`;

/** Neutron's ports. */
export class Ports {
  constructor(private readonly cloud: Services) {}

  async find(region: string, network: string, token: string): Promise<Port | undefined> {
    const name = nameOf(token);
    const filter = `network_id=${encodeURIComponent(network)}&name=${encodeURIComponent(name)}`;
    const [found] = await this.list(region, filter, (port) => text(port, 'name') === name);
    return found;
  }

  async get(region: string, vendorId: string): Promise<Port | undefined> {
    const call = { service: 'network', region, method: 'GET', path: pathOf(vendorId) } as const;
    const answer = await unlessGone(this.cloud.call(call));
    return answer === undefined ? undefined : described(answer);
  }

  /** The ports in a network. */
  async of(region: string, network: string): Promise<readonly Port[]> {
    const filter = `network_id=${encodeURIComponent(network)}`;
    return await this.list(region, filter, (port) => text(port, 'network_id') === network);
  }

  /** The ports that a machine has. */
  async ofMachine(region: string, machine: string): Promise<readonly Port[]> {
    const filter = `device_id=${encodeURIComponent(machine)}`;
    return await this.list(region, filter, (port) => text(port, 'device_id') === machine);
  }

  async create(region: string, network: string, { token, address }: InterfaceOrder): Promise<Port> {
    const port = {
      network_id: network,
      name: nameOf(token),
      admin_state_up: true,
      ...(address === undefined ? {} : { fixed_ips: [{ ip_address: address }] }),
    };
    const call = { service: 'network', region, method: 'POST', path: '/v2.0/ports', body: { port } } as const;
    return described(await this.cloud.call(call));
  }

  async delete(region: string, vendorId: string): Promise<void> {
    await unlessGone(this.cloud.call({ service: 'network', region, method: 'DELETE', path: pathOf(vendorId) }));
  }

  /** Filters are compared again: a cloud may not know one. */
  private async list(region: string, filter: string, wants: (port: Json) => boolean): Promise<readonly Port[]> {
    const call = { service: 'network', region, method: 'GET', path: `/v2.0/ports?${filter}` } as const;
    const found: Port[] = [];
    for await (const page of this.cloud.pages(call, 'ports'))
      found.push(...page.filter(wants).flatMap((port) => portOf(port) ?? []));
    return found;
  }
}

export const shown = ({ vendorId, mac, address, state }: Port): NetworkInterface => ({ vendorId, mac, address, state });

const pathOf = (vendorId: string): string => `/v2.0/ports/${encodeURIComponent(vendorId)}`;

/** Networking API reference, "Ports", status: ACTIVE, DOWN, BUILD or ERROR. Down is what a port is before its machine has taken it. */
const states: Readonly<Record<string, NetworkInterface['state']>> = { ACTIVE: 'active', ERROR: 'error' };

function described(answer: Json): Port {
  const port = portOf(field(answer, 'port') ?? null);
  if (port) return port;
  throw new VendorError('unknown', 'the answer does not describe the port', { code: 'malformed' });
}

/** Undefined when it carries no id. */
function portOf(port: Json): Port | undefined {
  const vendorId = text(port, 'id');
  if (vendorId === undefined) return undefined;
  const [fixed] = list(port, 'fixed_ips');
  return {
    vendorId,
    mac: text(port, 'mac_address') ?? null,
    address: text(fixed, 'ip_address') ?? null,
    state: states[text(port, 'status')?.toUpperCase() ?? ''] ?? 'building',
    machine: text(port, 'device_id'),
    ours: text(port, 'name')?.startsWith(nameOf('')) ?? false,
  };
}
