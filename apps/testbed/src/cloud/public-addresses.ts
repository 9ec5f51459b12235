import { connect, createServer, type Server, type Socket } from 'node:net';
import { type AddressBlock, instancePort } from './address-block.js';
import type { Faults } from './faults.js';
import type { Instance } from './instance.js';
import { Refusal } from './refusal.js';
import { type Kept, type Place, Shelf, type ShelfParts } from './shelf.js';

/** A public address of an account's own: EC2's elastic IP, Neutron's floating IP. Times are milliseconds since 1970. */
export interface PublicAddress extends Kept {
  /** `eipalloc-` and 17 hexadecimal digits, a UUID, … */
  readonly id: string;
  /** Of the testbed's block: whoever asks there is answered by the instance that has it. */
  readonly address: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly change: null;
  readonly holder: AddressHolder | null;
  readonly createdAt: number;
}

export interface AddressHolder {
  /** Of the association. */
  readonly id: string;
  /** The id of the instance. */
  readonly instance: string;
  /** The address of the instance's own that it stands for. */
  readonly target: string;
  readonly at: number;
}

export type PublicAddressOrder = Pick<PublicAddress, 'id' | 'cloud' | 'region' | 'description' | 'labels'>;

export interface PublicAddressParts extends ShelfParts {
  readonly faults: Faults;
  readonly addresses: AddressBlock;
}

/**
 * All public addresses that accounts have taken. Each is translated to the address of the instance that has it, as a router does: while
 * that one does not answer, neither does this.
 */
export class PublicAddresses {
  private readonly shelf: Shelf<PublicAddress>;
  private readonly relays = new Map<string, Relay>();

  constructor(private readonly parts: PublicAddressParts) {
    this.shelf = new Shelf('public-address', parts, (address) => address);
    for (const kept of this.shelf.all()) {
      parts.addresses.keep(kept.address);
      this.relay(kept);
    }
  }

  all(): PublicAddress[] {
    return this.shelf.all();
  }

  in(place: Place): PublicAddress[] {
    return this.shelf.in(place);
  }

  get(place: Place, id: string): PublicAddress | undefined {
    return this.shelf.get(place, id);
  }

  /** Those of an instance. */
  of(instance: Pick<Instance, 'id'>): PublicAddress[] {
    return this.all().filter(({ holder }) => holder?.instance === instance.id);
  }

  /**
   * @param most how many an account may have in the region.
   * @throws Refusal quota, or no-capacity when the testbed has no address left.
   */
  take(order: PublicAddressOrder, most: number): PublicAddress {
    const { cloud, region } = order;
    if (this.parts.faults.strike('quota', { cloud, region }) || this.in(order).length >= most)
      throw new Refusal('quota', `No more than ${most} public addresses are allowed.`);
    const address = this.parts.addresses.take();
    if (address === null) throw new Refusal('no-capacity', 'There is no public address left.');
    return this.shelf.save({ ...order, address, change: null, holder: null, createdAt: this.parts.clock.now() });
  }

  /** Gives it to an instance, and takes it from the one that had it. @throws Refusal wrong-state when the instance has no address. */
  assign(taken: PublicAddress, instance: Instance, association: string): PublicAddress {
    const { id, address } = instance;
    if (address === null) throw new Refusal('wrong-state', `Instance ${id} has no address.`);
    const holder = { id: association, instance: id, target: address, at: this.parts.clock.now() };
    return this.save({ ...taken, holder });
  }

  /** Takes it from the instance that has it. */
  unassign(taken: PublicAddress): PublicAddress {
    return this.save({ ...taken, holder: null });
  }

  /** Gives it back to the cloud. */
  giveBack(taken: PublicAddress): void {
    this.stop(taken);
    this.shelf.forget(taken);
    this.parts.addresses.giveBack(taken.address);
  }

  /** Takes from an instance that has ended what it had: its addresses stay the account's. */
  release(instance: Pick<Instance, 'id'>): void {
    for (const taken of this.of(instance)) this.unassign(taken);
  }

  describe(taken: PublicAddress, description: string): PublicAddress {
    return this.shelf.save({ ...taken, description });
  }

  relabel(taken: PublicAddress, labels: Readonly<Record<string, string>>): void {
    this.shelf.relabel(taken, labels);
  }

  close(): void {
    for (const taken of this.all()) this.stop(taken);
    this.shelf.close();
  }

  private save(taken: PublicAddress): PublicAddress {
    this.stop(taken);
    this.relay(taken);
    return this.shelf.save(taken);
  }

  private relay({ id, address, holder }: PublicAddress): void {
    if (holder) this.relays.set(id, new Relay(address, holder.target, this.parts.log));
  }

  private stop({ id }: PublicAddress): void {
    this.relays.get(id)?.close();
    this.relays.delete(id);
  }
}

/** Carries connections from one address to another, at the port where instances answer. */
class Relay {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(address: string, target: string, log: ShelfParts['log']) {
    this.server = createServer((socket) => {
      this.join(socket, connect({ host: target, port: instancePort }));
    });
    this.server.on('error', (error) => {
      log.error({ address, error: String(error) }, 'A simulated public address does not answer');
    });
    this.server.listen({ host: address, port: instancePort, exclusive: true });
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  /** Each ends with the other; where nobody listens the caller is told so. */
  private join(inner: Socket, outer: Socket): void {
    for (const [socket, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
