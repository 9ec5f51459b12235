import { field, type Json, text } from '../../vendor/json.js';
import type { AddressDriver } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { addressTag } from '../../vendor/tags.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { Ports } from './ports.js';
import type { Services } from './services.js';

interface Floating {
  readonly vendorId: string;
  readonly address: string;
  /** The port that it stands for, if any. */
  readonly port: string | undefined;
}

/**
 * Neutron's floating IPs (Networking API reference, "Floating IPs"), of the first external network. The description carries our token, and
 * is looked up before a second one is made.
 */
export class NovaAddresses implements AddressDriver {
  private readonly ports: Ports;

  constructor(private readonly cloud: Services) {
    this.ports = new Ports(cloud);
  }

  /** @throws VendorError invalid-request where the cloud has no external network, conflict while the machine has no port yet. */
  async assign(region: string, machine: string, token: string): Promise<{ readonly vendorId: string; readonly address: string }> {
    const [known, port] = await Promise.all([this.find(region, token), this.portOf(region, machine)]);
    const { vendorId, address } = known ? await this.pointed(region, known, port) : await this.create(region, port, token);
    return { vendorId, address };
  }

  async release(region: string, vendorId: string): Promise<void> {
    await unlessGone(this.cloud.call({ service: 'network', region, method: 'DELETE', path: pathOf(vendorId) }));
  }

  /** A cloud that does not know the filter lists everything: what it finds is compared again. */
  private async find(region: string, token: string): Promise<Floating | undefined> {
    const path = `/v2.0/floatingips?description=${encodeURIComponent(descriptionOf(token))}`;
    for await (const page of this.cloud.pages({ service: 'network', region, method: 'GET', path }, 'floatingips')) {
      const [found] = page.filter((floating) => text(floating, 'description') === descriptionOf(token));
      if (found !== undefined) return described(found);
    }
    return undefined;
  }

  /** Of the ports that Nova gave the machine; those that we have added to it lead into networks without a way out. */
  private async portOf(region: string, machine: string): Promise<string> {
    const ports = await this.ports.ofMachine(region, machine);
    const [port] = ports.filter(({ ours, address }) => !ours && address?.includes('.') === true);
    if (port) return port.vendorId;
    throw new VendorError('conflict', `the server ${machine} has no port with an IPv4 address (yet)`);
  }

  /** One that an earlier call made, and that something has taken from the machine since, goes back to it. */
  private async pointed(region: string, known: Floating, port: string): Promise<Floating> {
    if (known.port === port) return known;
    const call = { service: 'network', region, method: 'PUT', path: pathOf(known.vendorId) } as const;
    return answered(await this.cloud.call({ ...call, body: { floatingip: { port_id: port } } }));
  }

  private async create(region: string, port: string, token: string): Promise<Floating> {
    const network = await this.externalNetwork(region);
    const floatingip = { floating_network_id: network, port_id: port, description: descriptionOf(token) };
    const call = { service: 'network', region, method: 'POST', path: '/v2.0/floatingips' } as const;
    return answered(await this.cloud.call({ ...call, body: { floatingip } }));
  }

  private async externalNetwork(region: string): Promise<string> {
    const path = '/v2.0/networks?router:external=true';
    for await (const page of this.cloud.pages({ service: 'network', region, method: 'GET', path }, 'networks')) {
      const [id] = page
        .filter((network) => field(network, 'router:external') === true)
        .flatMap((network) => text(network, 'id') ?? []);
      if (id !== undefined) return id;
    }
    throw new VendorError('invalid-request', `${region} has no external network: it has no public addresses to give`);
  }
}

const descriptionOf = (token: string): string => `${addressTag}=${token}`;

const pathOf = (vendorId: string): string => `/v2.0/floatingips/${encodeURIComponent(vendorId)}`;

const answered = (answer: Json): Floating => described(field(answer, 'floatingip') ?? null);

function described(floating: Json): Floating {
  const [vendorId, address] = [text(floating, 'id'), text(floating, 'floating_ip_address')];
  if (vendorId === undefined || address === undefined) throw malformed('the answer does not describe the floating IP');
  return { vendorId, address, port: text(floating, 'port_id') };
}
