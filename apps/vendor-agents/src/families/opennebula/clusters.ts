import { asVendorError } from '../../vendor/vendor-error.js';
import { list, number, text } from '../../vendor/xml.js';
import type { OneRpc } from './one-rpc.js';

/** HOST_POOL, STATE: hosts that take machines (MONITORING_MONITORED and MONITORED). */
const open: readonly (number | undefined)[] = [1, 2];

/** The clusters of a cloud, by the hosts that the account may see: a cluster's name by its number. */
export class Clusters {
  private known: ReadonlyMap<number, string> | undefined;

  constructor(private readonly rpc: OneRpc) {}

  /** Those with hosts that take machines now; none where the operator shows no hosts. */
  async all(): Promise<ReadonlyMap<number, string>> {
    this.known = await this.ask();
    return this.known;
  }

  /** As last seen; asked for when it was never seen. */
  async remembered(): Promise<ReadonlyMap<number, string>> {
    return this.known ?? (await this.all());
  }

  private async ask(): Promise<ReadonlyMap<number, string>> {
    try {
      const pool = await this.rpc.document('HOST_POOL', 'one.hostpool.info');
      const hosts = list(pool, [], 'HOST').filter((host) => open.includes(number(host, 'STATE')));
      return new Map(
        hosts.flatMap((host) => {
          const [id, name] = [number(host, 'CLUSTER_ID'), text(host, 'CLUSTER')];
          return id === undefined || name === undefined ? [] : [[id, name] as const];
        }),
      );
    } catch (error) {
      if (asVendorError(error).reason === 'forbidden') return new Map();
      throw error;
    }
  }
}
