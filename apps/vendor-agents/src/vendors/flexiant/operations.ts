import { type Json, text } from '../../vendor/json.js';
import { machineLabel } from '../../vendor/machine-label.js';
import type { MachineOperations, PowerAction, SavedImage } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import type { FcoApi } from './fco-api.js';
import { serverOffers } from './offers.js';
import { type Places, uuidOf } from './places.js';
import { errandOf, type Servers, statusOf } from './servers.js';

const statuses: Partial<Readonly<Record<PowerAction, 'RUNNING' | 'STOPPED' | 'REBOOTING'>>> = {
  start: 'RUNNING',
  stop: 'STOPPED',
  restart: 'REBOOTING',
};

export interface OperationParts {
  readonly api: FcoApi;
  readonly places: Places;
  readonly servers: Servers;
}

export class FlexiantOperations implements MachineOperations {
  constructor(private readonly parts: OperationParts) {}

  async act(region: string, vendorId: string, action: PowerAction, forced: boolean): Promise<void> {
    const status = statuses[action];
    if (!status) throw new VendorError('invalid-request', 'Flexiant Cloud Orchestrator does not suspend servers');
    await this.parts.servers.changeStatus(region, vendorId, status, forced);
  }

  /** Stop, change, start: a running server takes no other offer everywhere (FCO API, ServerCapability: CAN_INCREASE_…). */
  async resize(region: string, vendorId: string, size: string): Promise<boolean> {
    const { servers } = this.parts;
    const [server, offer] = await Promise.all([servers.required(region, vendorId), this.offer(region, size)]);
    const status = statusOf(server);
    const wasRunning = errandOf(server) === 'resize';
    if (text(server, 'productOfferUUID') !== offer.uuid) {
      if (status === 'RUNNING') {
        await servers.note(region, server, 'resize');
        await servers.changeStatus(region, vendorId, 'STOPPED', false);
      } else if (status === 'STOPPED') await this.modify(region, server, offer);
      return false;
    }
    if (!wasRunning) return true;
    if (status === 'STOPPED') await servers.changeStatus(region, vendorId, 'RUNNING', false);
    if (status !== 'RUNNING') return false;
    await servers.note(region, server, 'none');
    return true;
  }

  async save(region: string, vendorId: string, image: { readonly name: string; readonly token: string }): Promise<SavedImage> {
    const { api, servers } = this.parts;
    const [known] = await api.list('image', region, [{ field: 'resourceName', condition: 'CONTAINS', value: image.token }]);
    if (known !== undefined) return savedImage(known);
    const server = await servers.required(region, vendorId);
    const skeletonImage = {
      resourceType: 'IMAGE',
      resourceName: machineLabel(image.name, '', image.token),
      clusterUUID: text(server, 'clusterUUID'),
      vdcUUID: text(server, 'vdcUUID'),
      baseUUID: vendorId,
      sortOrder: 0,
    };
    return { vendorId: await api.make('image', { skeletonImage }, region), state: 'building' };
  }

  private async modify(region: string, server: Json, offer: Awaited<ReturnType<FlexiantOperations['offer']>>): Promise<void> {
    const updatedResource = {
      ...(server as object),
      productOfferUUID: offer.uuid,
      cpu: offer.cores,
      ram: Math.round(offer.memory * 1024),
    };
    await this.parts.api.put(`server/${encodeURIComponent(uuidOf(server))}`, { updatedResource }, region);
  }

  /** @throws VendorError invalid-request */
  private async offer(region: string, size: string) {
    const { api, places } = this.parts;
    const offers = serverOffers(await api.list('productoffer', region), await places.cluster(region));
    const found = offers.find(({ name }) => name === size);
    if (!found) throw new VendorError('invalid-request', `cluster ${region} has no product offer '${size}' for servers`);
    return found;
  }
}

/** FCO API, ResourceState. */
function savedImage(image: Json): SavedImage {
  const state = text(image, 'resourceState');
  return { vendorId: uuidOf(image), state: state === 'ACTIVE' ? 'active' : state === 'DELETED' ? 'error' : 'building' };
}
