import type { AddressDriver, InterfaceOrder, NetworkDriver, NetworkInterface, NetworkOrder } from '../../vendor/port.js';
import { unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { FlexiantInterfaces } from './interfaces.js';
import type { OperationParts } from './operations.js';
import { uuidOf } from './places.js';
import { inVdc, labelFor, networkFor } from './skeleton-server.js';

/** Private networks (FCO API, NetworkType): they have no addresses of their own, machines bring theirs. */
export class FlexiantNetworks implements NetworkDriver {
  private readonly interfaces: FlexiantInterfaces;

  constructor(private readonly parts: OperationParts) {
    this.interfaces = new FlexiantInterfaces(parts);
  }

  async ensure(order: NetworkOrder, token: string): Promise<{ readonly vendorId: string }> {
    const known = await this.find(order, token);
    if (known) return known;
    const { api, places } = this.parts;
    const [vdc] = await places.vdcs(order.region);
    if (!vdc) throw new VendorError('invalid-request', `cluster ${order.region} has no virtual data centre`);
    const skeletonNetwork = {
      ...inVdc(vdc),
      resourceType: 'NETWORK',
      resourceName: labelFor(order, token),
      networkType: 'PRIVATE',
    };
    return { vendorId: await api.make('network', { skeletonNetwork }, order.region) };
  }

  async find(
    { region }: Pick<NetworkOrder, 'region' | 'name'>,
    token: string,
  ): Promise<{ readonly vendorId: string } | undefined> {
    const [network] = await this.parts.api.list('network', region, [
      { field: 'resourceName', condition: 'CONTAINS', value: token },
    ]);
    return network === undefined ? undefined : { vendorId: uuidOf(network) };
  }

  async join(region: string, network: string, machine: string, { token, address }: InterfaceOrder): Promise<NetworkInterface> {
    return await this.interfaces.join(region, { network, machine, token, ...(address === undefined ? {} : { address }) });
  }

  async findInterface(region: string, _network: string, token: string): Promise<NetworkInterface | undefined> {
    return await this.interfaces.find(region, token);
  }

  async leave(region: string, _machine: string, vendorId: string): Promise<void> {
    await this.interfaces.leave(region, vendorId);
  }

  async delete(region: string, vendorId: string): Promise<void> {
    await unlessGone(this.parts.api.delete('network', vendorId, region));
  }
}

/** A further public address is a further interface in the public network: which address it gets is its provider's affair. */
export class FlexiantAddresses implements AddressDriver {
  private readonly interfaces: FlexiantInterfaces;

  constructor(
    private readonly parts: OperationParts,
    private readonly network: string | undefined,
  ) {
    this.interfaces = new FlexiantInterfaces(parts);
  }

  async assign(region: string, machine: string, token: string): Promise<{ readonly vendorId: string; readonly address: string }> {
    const { api, places } = this.parts;
    const cluster = await places.cluster(region);
    const networks = await api.list('network', region, [{ field: 'clusterUUID', condition: 'IS_EQUAL_TO', value: cluster }]);
    const { networkUUID: network } = networkFor(networks, this.network, region);
    const { vendorId, address, state } = await this.interfaces.join(region, { network, machine, token });
    if (state === 'active' && address !== null) return { vendorId, address };
    throw new VendorError('conflict', `the interface ${vendorId} is on its way to its server`, { underWay: true });
  }

  async release(region: string, vendorId: string): Promise<void> {
    await this.interfaces.leave(region, vendorId);
  }
}
