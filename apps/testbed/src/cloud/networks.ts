import { contains, overlap, rangeOf } from './address-range.js';
import type { Faults } from './faults.js';
import type { Interfaces } from './interfaces.js';
import type { Network, Subnet } from './network.js';
import { Refusal } from './refusal.js';
import { type Place, Shelf, type ShelfParts } from './shelf.js';

export type NetworkOrder = Omit<Network, 'state' | 'change' | 'createdAt'>;
export type SubnetOrder = Omit<Subnet, 'change' | 'createdAt'>;

const creationMs = 100;

/** All networks that accounts have made, and their subnets. */
export class Networks {
  private readonly networks: Shelf<Network>;
  private readonly subnets: Shelf<Subnet>;

  constructor(private readonly parts: ShelfParts & { readonly faults: Faults; readonly interfaces: Interfaces }) {
    this.networks = new Shelf('network', parts, (network) => ({ ...network, state: 'available', change: null }));
    this.subnets = new Shelf('subnet', parts, (subnet) => subnet);
  }

  all(): Network[] {
    return this.networks.all();
  }

  in(place: Place): Network[] {
    return this.networks.in(place);
  }

  get(place: Place, id: string): Network | undefined {
    return this.networks.get(place, id);
  }

  subnetsIn(place: Place): Subnet[] {
    return this.subnets.in(place);
  }

  subnet(place: Place, id: string): Subnet | undefined {
    return this.subnets.get(place, id);
  }

  subnetsOf(network: Network): Subnet[] {
    return this.subnetsIn(network).filter((subnet) => subnet.network === network.id);
  }

  /** @throws Refusal quota */
  create(order: NetworkOrder): Network {
    const { cloud, region } = order;
    if (this.parts.faults.strike('quota', { cloud, region })) throw new Refusal('quota', 'No further network is allowed.');
    const createdAt = this.parts.clock.now();
    return this.networks.save({ ...order, state: 'pending', change: { to: 'available', at: createdAt + creationMs }, createdAt });
  }

  /**
   * @param siblings the subnets that the network has, where the caller knows of more than are kept here.
   * @throws Refusal quota; out-of-range of the network; taken when it overlaps a sibling.
   */
  createSubnet(order: SubnetOrder, network: Network, siblings = this.subnetsOf(network)): Subnet {
    const { cloud, region } = order;
    if (this.parts.faults.strike('quota', { cloud, region })) throw new Refusal('quota', 'No further subnet is allowed.');
    const range = rangeOf(order.range);
    const outer = network.range === null ? range : rangeOf(network.range);
    if (!range || !outer || !contains(outer, range))
      throw new Refusal('out-of-range', `${order.range} is no part of ${network.range ?? 'any network'}.`);
    const other = siblings.find((sibling) => overlap(rangeOf(sibling.range) ?? range, range));
    if (other) throw new Refusal('taken', `${order.range} overlaps ${other.range}.`);
    return this.subnets.save({ ...order, change: null, createdAt: this.parts.clock.now() });
  }

  /** Its subnets go with it. @throws Refusal in-use while there are interfaces in it. */
  delete(network: Network): void {
    if (this.parts.interfaces.in(network).some((added) => added.network === network.id))
      throw new Refusal('in-use', `There are interfaces in ${network.id}.`);
    for (const subnet of this.subnetsOf(network)) this.subnets.forget(subnet);
    this.networks.forget(network);
  }

  /** @throws Refusal in-use while there are interfaces in it. */
  deleteSubnet(subnet: Subnet): void {
    if (this.parts.interfaces.in(subnet).some((added) => added.subnet === subnet.id))
      throw new Refusal('in-use', `There are interfaces in ${subnet.id}.`);
    this.subnets.forget(subnet);
  }

  relabel(network: Network, labels: Readonly<Record<string, string>>): void {
    this.networks.relabel(network, labels);
  }

  relabelSubnet(subnet: Subnet, labels: Readonly<Record<string, string>>): void {
    this.subnets.relabel(subnet, labels);
  }

  close(): void {
    this.networks.close();
    this.subnets.close();
  }
}
