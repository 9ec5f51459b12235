import { type Json, list, text } from '../../vendor/json.js';
import { machineLabel } from '../../vendor/machine-label.js';
import type { NetworkInterface } from '../../vendor/port.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { OperationParts } from './operations.js';
import { uuidOf } from './places.js';
import { unlessSettled } from './settled.js';

export interface InterfaceWish {
  readonly network: string;
  readonly machine: string;
  readonly token: string;
  readonly address?: string;
}

/** Interfaces beside the one that a server is made with: named by a token, attached, taken away again. */
export class FlexiantInterfaces {
  constructor(private readonly parts: OperationParts) {}

  async find(region: string, token: string): Promise<NetworkInterface | undefined> {
    const nic = await this.named(region, token);
    return nic === undefined ? undefined : interfaceOf(nic);
  }

  /** Makes it, then attaches it, each at a call of its own: it is active once the server has it. */
  async join(region: string, wish: InterfaceWish): Promise<NetworkInterface> {
    const nic = await this.named(region, wish.token);
    if (nic === undefined) return await this.make(region, wish);
    const { state, ...rest } = interfaceOf(nic);
    if (text(nic, 'serverUUID') === wish.machine) return { ...rest, state };
    if (text(nic, 'serverUUID') !== undefined)
      throw new VendorError('conflict', `the interface ${rest.vendorId} belongs to another server`);
    await unlessSettled(
      this.parts.api.put(`${path(wish.machine, rest.vendorId)}/attach`, { index: 1 }, region),
      async () => (await this.ownerOf(region, rest.vendorId)) === wish.machine,
    );
    return { ...rest, state: 'building' };
  }

  /** Detaches it, and once it is detached deletes it. @throws VendorError conflict in between. */
  async leave(region: string, vendorId: string): Promise<void> {
    const nic = await this.parts.api.get('nic', vendorId, region);
    if (nic === undefined) return;
    const machine = text(nic, 'serverUUID');
    if (machine === undefined) {
      await unlessGone(this.parts.api.delete('nic', vendorId, region));
      return;
    }
    await unlessSettled(
      this.parts.api.put(`${path(machine, vendorId)}/detach`, {}, region),
      async () => (await this.ownerOf(region, vendorId)) === undefined,
    );
    throw new VendorError('conflict', `the interface ${vendorId} is being detached`, { underWay: true });
  }

  private async ownerOf(region: string, vendorId: string): Promise<string | undefined> {
    return text(await this.parts.api.get('nic', vendorId, region), 'serverUUID');
  }

  private async make(region: string, { network, machine, token, address }: InterfaceWish): Promise<NetworkInterface> {
    const { api, servers } = this.parts;
    const server = await servers.required(region, machine);
    const skeletonNIC = {
      resourceType: 'NIC',
      resourceName: machineLabel('nic', '', token),
      clusterUUID: text(server, 'clusterUUID'),
      vdcUUID: text(server, 'vdcUUID'),
      networkUUID: network,
      sortOrder: 0,
      ...(address === undefined ? {} : { ipAddresses: [{ ipAddress: address, type: 'IPV4', auto: true }] }),
    };
    const vendorId = await api.make('nic', { skeletonNIC }, region);
    return { vendorId, mac: null, address: address ?? null, state: 'building' };
  }

  private async named(region: string, token: string): Promise<Json | undefined> {
    const found = await this.parts.api.list('nic', region, [{ field: 'resourceName', condition: 'CONTAINS', value: token }]);
    // The first interface of a machine is named after it.
    return found.find((nic) => (text(nic, 'resourceName') ?? '').endsWith(token));
  }
}

const path = (machine: string, nic: string): string => `server/${encodeURIComponent(machine)}/nic/${encodeURIComponent(nic)}`;

const interfaceOf = (nic: Json): NetworkInterface => ({
  vendorId: uuidOf(nic),
  mac: text(nic, 'macAddress') ?? null,
  address: text(list(nic, 'ipAddresses')[0], 'ipAddress') ?? null,
  state: text(nic, 'serverUUID') === undefined ? 'building' : 'active',
});
