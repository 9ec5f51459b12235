import { defaultRange } from '../../vendor/ipv4-range.js';
import type { InterfaceOrder, NetworkDriver, NetworkInterface, NetworkOrder } from '../../vendor/port.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { field, text } from '../../vendor/json.js';
import { Ports, shown } from './ports.js';
import type { Services } from './services.js';

/** The longest name and description that Neutron takes. */
const longest = 255;

/** How long Nova takes to let go of an interface, about, ms. */
const detachingMs = 2_000;

/** Neutron's networks, with one IPv4 subnet each; Nova gives machines their ports. Names end in our token, and are looked up first. */
export class NovaNetworks implements NetworkDriver {
  private readonly ports: Ports;

  constructor(private readonly cloud: Services) {
    this.ports = new Ports(cloud);
  }

  /** A network whose subnet an earlier call did not get to gets it now. */
  async ensure(order: NetworkOrder, token: string): Promise<{ readonly vendorId: string }> {
    const name = fullName(order, token);
    const vendorId = (await this.named(order.region, name)) ?? (await this.create(order, name));
    if (!(await this.hasSubnet(order.region, vendorId))) await this.createSubnet(order, token, name, vendorId);
    return { vendorId };
  }

  async find(order: Pick<NetworkOrder, 'region' | 'name'>, token: string): Promise<{ readonly vendorId: string } | undefined> {
    const vendorId = await this.named(order.region, fullName(order, token));
    return vendorId === undefined ? undefined : { vendorId };
  }

  /** A port is active only while its machine runs: one that is given to a stopped machine stays building until then. */
  async join(region: string, network: string, machine: string, interface_: InterfaceOrder): Promise<NetworkInterface> {
    const found = await this.ports.find(region, network, interface_.token);
    const port = found ?? (await this.ports.create(region, network, interface_));
    if (port.machine === machine) return shown(port);
    if (port.machine !== undefined) throw new VendorError('conflict', `${port.vendorId} is an interface of ${port.machine}`);
    const path = interfacesOf(machine);
    const body = { interfaceAttachment: { port_id: port.vendorId } };
    try {
      await this.cloud.call({ service: 'compute', region, method: 'POST', path, body });
    } catch (error) {
      const refusal = asVendorError(error);
      if (refusal.passing || (await this.ports.get(region, port.vendorId))?.machine !== machine) throw refusal;
    }
    return shown({ ...port, state: 'building' });
  }

  async findInterface(region: string, network: string, token: string): Promise<NetworkInterface | undefined> {
    const port = await this.ports.find(region, network, token);
    return port && shown(port);
  }

  /**
   * Nova detaches in its own time, and keeps a port that it has not made.
   * @throws VendorError conflict, passing, while the port is being detached: ask again.
   */
  async leave(region: string, machine: string, vendorId: string): Promise<void> {
    const port = await this.ports.get(region, vendorId);
    if (!port || (port.machine !== undefined && port.machine !== machine)) return;
    if (port.machine === machine && (await this.detach(region, machine, vendorId))) {
      throw new VendorError('conflict', `${vendorId} is being detached; ask again`, {
        code: 'detaching',
        underWay: true,
        retryAfterMs: detachingMs,
      });
    }
    await this.ports.delete(region, vendorId);
  }

  /** Neutron deletes the subnets with their network, and refuses while any port is used. */
  async delete(region: string, vendorId: string): Promise<void> {
    const ports = (await this.ports.of(region, vendorId)).filter(({ ours }) => ours);
    const machines = ports.flatMap(({ machine }) => machine ?? []);
    if (machines.length > 0) throw new VendorError('conflict', `the network ${vendorId} has machines: ${machines.join(', ')}`);
    for (const port of ports) await this.ports.delete(region, port.vendorId);
    const path = `/v2.0/networks/${encodeURIComponent(vendorId)}`;
    await unlessGone(this.cloud.call({ service: 'network', region, method: 'DELETE', path }));
  }

  private async named(region: string, name: string): Promise<string | undefined> {
    const path = `/v2.0/networks?name=${encodeURIComponent(name)}`;
    for await (const page of this.cloud.pages({ service: 'network', region, method: 'GET', path }, 'networks')) {
      const [id] = page.filter((network) => text(network, 'name') === name).flatMap((network) => text(network, 'id') ?? []);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  private async create({ region, tags }: NetworkOrder, name: string): Promise<string> {
    const network = { name, description: described(tags), admin_state_up: true };
    const answer = await this.cloud.call({
      service: 'network',
      region,
      method: 'POST',
      path: '/v2.0/networks',
      body: { network },
    });
    const vendorId = text(answer, 'network', 'id');
    if (vendorId === undefined) throw new VendorError('unknown', 'Neutron made a network and gave no id', { code: 'malformed' });
    return vendorId;
  }

  private async hasSubnet(region: string, network: string): Promise<boolean> {
    const path = `/v2.0/subnets?network_id=${encodeURIComponent(network)}`;
    for await (const page of this.cloud.pages({ service: 'network', region, method: 'GET', path }, 'subnets'))
      if (page.some((subnet) => text(subnet, 'network_id') === network)) return true;
    return false;
  }

  /** No gateway unless one is asked for: machines would take it for their way out, which is their first interface. */
  private async createSubnet(order: NetworkOrder, token: string, name: string, network: string): Promise<void> {
    const subnet = {
      network_id: network,
      name,
      ip_version: 4,
      cidr: order.range ?? defaultRange(token),
      enable_dhcp: true,
      gateway_ip: order.gateway ?? null,
    };
    const call = { service: 'network', region: order.region, method: 'POST', path: '/v2.0/subnets', body: { subnet } } as const;
    const answer = await this.cloud.call(call);
    if (field(answer, 'subnet') === undefined)
      throw new VendorError('unknown', 'Neutron made a subnet and does not describe it', { code: 'malformed' });
  }

  /** False when the machine does not have it (any more), or is gone itself. */
  private async detach(region: string, machine: string, port: string): Promise<boolean> {
    const path = `${interfacesOf(machine)}/${encodeURIComponent(port)}`;
    const call = this.cloud.call({ service: 'compute', region, method: 'DELETE', path });
    return (await unlessGone(call.then(() => true))) ?? false;
  }
}

const fullName = ({ name }: Pick<NetworkOrder, 'name'>, token: string): string =>
  `${name.slice(0, longest - token.length - 1)}-${token}`;

const interfacesOf = (machine: string): string => `/servers/${encodeURIComponent(machine)}/os-interface`;

/** Neutron has tags without values only: the description says to whom a network belongs. */
const described = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
    .slice(0, longest);
