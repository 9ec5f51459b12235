import { AgencyError } from '@cloud-agency/errors';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Where every instance answers, and what a block is held by. */
export const instancePort = 8080;
const holder = 254;
const attempts = 40;
/** A predecessor that is about to end may hold the block a little longer (its lifeline gives it a second). */
const patienceMs = 3000;

/**
 * A 127.a.b.0/24 that belongs to one data directory for as long as it is held: `127.a.b.254:8080` stays bound (ARCHITECTURE.md, Modes).
 */
export class AddressBlock {
  private readonly taken = new Set<number>();
  /** Those of accounts that keep addresses of their own: nobody gets them without asking for them. */
  private readonly reserved = new Set<number>();
  private last = 0;

  private constructor(
    /** The first three numbers, e.g. `127.31.7`. */
    readonly network: string,
    private readonly hold: Server,
  ) {}

  /**
   * Binds the remembered block, or finds a free one.
   * @throws AgencyError testbed-addresses when the remembered block is held by another process, or none can be bound.
   */
  static async reserve(remembered: string | null, random: () => number): Promise<AddressBlock> {
    if (remembered !== null) return new AddressBlock(remembered, await holdAgain(remembered));
    let reason = '';
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const network = `127.${16 + Math.floor(random() * 238)}.${Math.floor(random() * 256)}`;
      const held = await bind(network);
      if (typeof held !== 'string') return new AddressBlock(network, held);
      reason = held;
    }
    throw new AgencyError('testbed-addresses', { message: noBlock(reason) });
  }

  /** An address that was not given back just now, or null when all 253 are in use. */
  take(): string | null {
    for (let step = 1; step < holder; step += 1) {
      const host = ((this.last + step - 1) % (holder - 1)) + 1;
      if (this.taken.has(host) || this.reserved.has(host)) continue;
      this.taken.add(host);
      this.last = host;
      return `${this.network}.${host}`;
    }
    return null;
  }

  /** Marks an address of this block as an account's own: in use or not, it is given to nobody else. */
  reserve(address: string): void {
    this.reserved.add(hostOf(address));
  }

  /** Marks an address of this block as in use. */
  keep(address: string): void {
    this.taken.add(hostOf(address));
  }

  giveBack(address: string): void {
    this.taken.delete(hostOf(address));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.hold.close(() => {
        resolve();
      });
    });
  }
}

const hostOf = (address: string): number => Number(address.slice(address.lastIndexOf('.') + 1));

async function holdAgain(network: string): Promise<Server> {
  for (let waited = 0; ; waited += 100) {
    const held = await bind(network);
    if (typeof held !== 'string') return held;
    if (waited >= patienceMs || held !== 'EADDRINUSE') {
      const message = `The testbed's instances live in ${network}.0/24, and ${network}.${holder}:${instancePort} cannot be bound (${held}). Stop the process that holds it: another testbed on this data directory, or a server on port ${instancePort} of all addresses.`;
      throw new AgencyError('testbed-addresses', { message });
    }
    await delay(100);
  }
}

/** The bound server, or the code of what went wrong. */
function bind(network: string): Promise<Server | string> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    server.listen({ host: `${network}.${holder}`, port: instancePort, exclusive: true }, () => {
      resolve(server);
    });
  });
}

function noBlock(reason: string): string {
  if (reason === 'EADDRINUSE')
    return `No block of 127.0.0.0/8 has port ${instancePort} free: a server listens on that port of all addresses. Stop it, or let it listen on one address.`;
  return `Addresses of 127.0.0.0/8 cannot be bound on this system (${reason}); Linux allows it. Run the Agency in its container instead.`;
}
