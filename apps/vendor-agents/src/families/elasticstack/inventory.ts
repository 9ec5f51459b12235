import type { Json } from '../../vendor/json.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { ElasticStackApi } from './elasticstack-api.js';
import { asUserData, type Drive, driveOf, placementOf, type Server, serverOf } from './mapping.js';
import { type Plan, planKey, writtenPlan } from './plan.js';

/** The account's servers and drives of a region. */
export class Inventory {
  constructor(private readonly api: ElasticStackApi) {}

  async servers(region: string): Promise<readonly Server[]> {
    return (await this.api.all(region, '/servers/info')).map(serverOf);
  }

  async serverFor(region: string, placement: string): Promise<Server | undefined> {
    return (await this.servers(region)).find((server) => placementOf(server) === placement);
  }

  async server(region: string, id: string): Promise<Server | undefined> {
    const found = await unlessGone(this.api.get(region, serverPath(id, 'info')));
    return found === undefined ? undefined : serverOf(found);
  }

  /** @throws VendorError not-found */
  async required(region: string, id: string): Promise<Server> {
    const server = await this.server(region, id);
    if (!server) throw new VendorError('not-found', `there is no server ${id}`, { code: 'missing' });
    return server;
  }

  /** It does not run yet. */
  async makeServer(region: string, configuration: object): Promise<Server> {
    return serverOf(alone(await this.api.post(region, '/servers/create/stopped', configuration)));
  }

  async set(region: string, { id }: Server, changes: object): Promise<Server> {
    return serverOf(alone(await this.api.post(region, serverPath(id, 'set'), changes)));
  }

  async plan(region: string, server: Server, plan: Plan | undefined): Promise<Server> {
    return await this.set(region, server, asUserData({ [planKey]: writtenPlan(plan) }));
  }

  async act(region: string, id: string, command: 'start' | 'stop' | 'shutdown' | 'reset' | 'destroy'): Promise<void> {
    await this.api.post(region, serverPath(id, command));
  }

  async drives(region: string): Promise<readonly Drive[]> {
    return (await this.api.all(region, '/drives/info')).map(driveOf);
  }

  /** The operator's ready-made systems, gzipped. */
  async standardDrives(region: string): Promise<readonly Drive[]> {
    return (await this.api.all(region, '/drives/info/standard')).map(driveOf);
  }

  async drive(region: string, id: string): Promise<Drive | undefined> {
    const found = await unlessGone(this.api.get(region, drivePath(id, 'info')));
    return found === undefined ? undefined : driveOf(found);
  }

  /** @param key of the user data, by which it is found again. */
  async driveWith(region: string, key: string, value: string): Promise<Drive | undefined> {
    return (await this.drives(region)).find(({ user }) => user[key] === value);
  }

  async makeDrive(region: string, name: string, size: number, user: Readonly<Record<string, string>>): Promise<Drive> {
    return driveOf(alone(await this.api.post(region, '/drives/create', { name, size, ...asUserData(user) })));
  }

  async setDrive(region: string, id: string, changes: object): Promise<void> {
    await this.api.post(region, drivePath(id, 'set'), changes);
  }

  /** @param isPacked whether the source is a gzipped image, as the ready-made systems are. */
  async write(region: string, drive: string, source: string, isPacked: boolean): Promise<void> {
    await this.api.post(region, drivePath(drive, `image/${encodeURIComponent(source)}${isPacked ? '/gunzip' : ''}`));
  }

  /** What is gone is gone. */
  async removeDrive(region: string, id: string): Promise<void> {
    await unlessGone(this.api.post(region, drivePath(id, 'destroy')));
  }
}

const serverPath = (id: string, command: string): string => `/servers/${encodeURIComponent(id)}/${command}`;
const drivePath = (id: string, command: string): string => `/drives/${encodeURIComponent(id)}/${command}`;

/** What was made or set: an object, or a list with it alone (Apache Libcloud has seen both). */
const alone = (answer: Json): Json => (Array.isArray(answer) ? ((answer as readonly Json[])[0] ?? null) : answer);

export const isBusy = (error: unknown): boolean => asVendorError(error).reason === 'conflict';
