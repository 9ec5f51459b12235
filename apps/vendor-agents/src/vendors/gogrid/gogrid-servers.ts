import type { Fault } from '../../vendor/port.js';
import { malformed } from '../../vendor/refusal.js';
import { asVendorError, VendorError } from '../../vendor/vendor-error.js';
import type { GoGridApi, Params } from './gogrid-api.js';
import { failedCreationOf, type Server, serverOf } from './mapping.js';

/** A server that GoGrid has given its id. */
export type KnownServer = Server & { readonly id: string };

export const isKnown = (server: Server): server is KnownServer => server.id !== undefined;

/** The account's servers. Their region is told apart here: a server is in the datacenter of its address. */
export class GoGridServers {
  constructor(private readonly api: GoGridApi) {}

  async in(region: string): Promise<readonly Server[]> {
    const servers = (await this.api.all('grid/server/list', {}, region)).map(serverOf);
    return servers.filter((server) => server.region === region);
  }

  /** The one that was made for a placement, with its id or still without. */
  async of(region: string, token: string): Promise<Server | undefined> {
    return (await this.in(region)).find(({ label }) => label?.placement === token);
  }

  /** GoGrid refuses an id that it does not know as it refuses any parameter: whether it is unknown, the list says. */
  async get(region: string, id: string): Promise<KnownServer | undefined> {
    try {
      const [server] = await this.api.read('grid/server/get', { id }, region);
      return server === undefined ? undefined : known(serverOf(server));
    } catch (error) {
      if (!isRefused(error)) throw error;
      return (await this.in(region)).filter(isKnown).find((server) => server.id === id);
    }
  }

  /** @throws VendorError not-found for a server that GoGrid does not list. */
  async change(method: 'power' | 'edit' | 'delete', region: string, id: string, params: Params = {}): Promise<void> {
    try {
      await this.api.change(`grid/server/${method}`, { id, ...params }, region);
    } catch (error) {
      if (isRefused(error) && !(await this.in(region)).some((server) => server.id === id)) throw unknownServer(id);
      throw error;
    }
  }

  /** Why servers did not come up, by their placements: GoGrid itself shows them as switched off, and the job as fatal. */
  async failedCreations(region: string): Promise<ReadonlyMap<string, Fault>> {
    const wanted = { 'job.objecttype': 'VirtualServer', 'job.state': 'Fatal' };
    const jobs = await this.api.all('grid/job/list', wanted, region);
    return new Map(jobs.flatMap((job) => [failedCreationOf(job)]).filter((failed) => failed !== undefined));
  }
}

export const unknownServer = (id: string): VendorError => new VendorError('not-found', `GoGrid has no server ${id}`);

const isRefused = (error: unknown): boolean => ['invalid-request', 'not-found'].includes(asVendorError(error).reason);

function known(server: Server): KnownServer {
  if (isKnown(server)) return server;
  throw malformed('the answer does not describe a server');
}
