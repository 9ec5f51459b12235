import { type AddressRange, addressOf, numberOf, rangeOf } from './address-range.js';
import type { Faults } from './faults.js';
import type { Instance } from './instance.js';
import type { Interface, InterfaceAttachment, Subnet } from './network.js';
import { Refusal } from './refusal.js';
import { type Place, Shelf, type ShelfParts } from './shelf.js';

export type InterfaceOrder = Omit<Interface, 'subnet' | 'zone' | 'state' | 'change' | 'attachment' | 'createdAt'> & {
  readonly subnet: Subnet | null;
};

const attachmentMs = 100;

/** All interfaces that were added to networks; those that instances come with are no part of it. */
export class Interfaces {
  private readonly shelf: Shelf<Interface>;

  constructor(private readonly parts: ShelfParts & { readonly faults: Faults }) {
    this.shelf = new Shelf('interface', parts, settled);
  }

  all(): Interface[] {
    return this.shelf.all();
  }

  in(place: Place): Interface[] {
    return this.shelf.in(place);
  }

  get(place: Place, id: string): Interface | undefined {
    return this.shelf.get(place, id);
  }

  /** Those of an instance, coming and going ones too, in their order. */
  of(instance: Pick<Instance, 'id'>): Interface[] {
    return this.all()
      .filter(({ attachment }) => attachment?.instance === instance.id)
      .sort((a, b) => (a.attachment?.index ?? 0) - (b.attachment?.index ?? 0));
  }

  /**
   * Its address is the one ordered, else one that is free.
   * @throws Refusal quota; out-of-range or taken for the address ordered, no-capacity when none is free.
   */
  create({ subnet, address, ...order }: InterfaceOrder): Interface {
    const { cloud, region } = order;
    if (this.parts.faults.strike('quota', { cloud, region }))
      throw new Refusal('quota', 'No further network interface is allowed.');
    return this.shelf.save({
      ...order,
      subnet: subnet?.id ?? null,
      zone: subnet?.zone ?? null,
      address: subnet && this.addressIn(subnet, address),
      state: 'available',
      change: null,
      attachment: null,
      createdAt: this.parts.clock.now(),
    });
  }

  /** @throws Refusal in-use, other-zone, or taken (the index). */
  attach(added: Interface, instance: Instance, attachment: Pick<InterfaceAttachment, 'id' | 'index'>): Interface {
    if (added.attachment) throw new Refusal('in-use', `Interface ${added.id} belongs to ${added.attachment.instance}.`);
    if (added.zone !== null && added.zone !== instance.zone)
      throw new Refusal('other-zone', `Interface ${added.id} is in ${added.zone}, instance ${instance.id} in ${instance.zone}.`);
    const taken = this.of(instance).some((other) => other.attachment?.index === attachment.index);
    if (attachment.index === 0 || taken)
      throw new Refusal('taken', `Instance ${instance.id} has an interface ${attachment.index} already.`);
    const now = this.parts.clock.now();
    return this.shelf.save({
      ...added,
      state: 'attaching',
      change: { to: 'in-use', at: now + attachmentMs },
      attachment: { ...attachment, instance: instance.id, at: now },
    });
  }

  /** The first place that is free among the interfaces of an instance. */
  freeIndex(instance: Pick<Instance, 'id'>): number {
    const taken = this.of(instance).map(({ attachment }) => attachment?.index);
    let index = 1;
    while (taken.includes(index)) index += 1;
    return index;
  }

  /** @throws Refusal wrong-state unless it is attached. */
  detach(added: Interface): Interface {
    if (added.state !== 'in-use') throw new Refusal('wrong-state', `Interface ${added.id} is ${added.state}.`);
    const change = { to: 'available' as const, at: this.parts.clock.now() + attachmentMs };
    return this.shelf.save({ ...added, state: 'detaching', change });
  }

  /** Takes from an instance that has ended what it had: what was made for it goes, the others stay. */
  release(instance: Pick<Instance, 'id'>): void {
    for (const added of this.of(instance)) {
      if (added.passing) this.shelf.forget(added);
      else this.shelf.save({ ...added, state: 'available', change: null, attachment: null });
    }
  }

  /** @throws Refusal in-use while it is attached. */
  delete(added: Interface): void {
    if (added.attachment) throw new Refusal('in-use', `Interface ${added.id} belongs to ${added.attachment.instance}.`);
    this.shelf.forget(added);
  }

  /** Deletes it even while it is attached: the instance loses it. */
  forget(added: Interface): void {
    this.shelf.forget(added);
  }

  relabel(added: Interface, labels: Readonly<Record<string, string>>): void {
    this.shelf.relabel(added, labels);
  }

  close(): void {
    this.shelf.close();
  }

  /** How many more interfaces find an address in a subnet. */
  room(subnet: Subnet): number {
    return Math.max(0, hostsOf(subnet).length - this.takenIn(subnet).size);
  }

  private addressIn(subnet: Subnet, wanted: string | null): string {
    const taken = this.takenIn(subnet);
    const hosts = hostsOf(subnet);
    if (wanted === null) return freeAddress(hosts, taken, subnet);
    const number = numberOf(wanted);
    if (number === null || number < hosts.first || number >= hosts.first + hosts.length)
      throw new Refusal('out-of-range', `${wanted} is not an address of ${subnet.range}.`);
    if (taken.has(wanted)) throw new Refusal('taken', `${wanted} is in use.`);
    return wanted;
  }

  private takenIn(subnet: Subnet): Set<string> {
    const addresses = this.in(subnet)
      .filter((other) => other.subnet === subnet.id)
      .map(({ address }) => address);
    return new Set([...addresses, subnet.gateway].filter((address) => address !== null));
  }
}

/** Between the reserved ones at its beginning and the broadcast address. */
function hostsOf({ range, reserved }: Subnet): AddressRange {
  const { first, length } = rangeOf(range) ?? { first: 0, length: 0 };
  return { first: first + reserved, length: Math.max(0, length - reserved - 1) };
}

function freeAddress({ first, length }: AddressRange, taken: ReadonlySet<string>, { range }: Subnet): string {
  for (let number = first; number < first + length; number += 1) {
    const address = addressOf(number);
    if (!taken.has(address)) return address;
  }
  throw new Refusal('no-capacity', `There is no free address in ${range}.`);
}

function settled(added: Interface): Interface | null {
  if (added.change?.to === 'in-use') return { ...added, state: 'in-use', change: null };
  return added.passing ? null : { ...added, state: 'available', change: null, attachment: null };
}
