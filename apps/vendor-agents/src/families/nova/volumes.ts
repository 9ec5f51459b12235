import type { Volume, VolumeDriver, VolumeOrder } from '../../vendor/port.js';
import { volumeTag } from '../../vendor/tags.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import { field, type Json, list, text } from '../../vendor/json.js';
import type { Services } from './services.js';

/** What differs between the versions and operators of Cinder. */
export interface VolumeDialect {
  /** v1 has another name for it. */
  readonly nameField: 'name' | 'display_name';
  /** The smallest volume, GiB: who asks for less gets as much. */
  readonly least: number;
  /** Whether a volume's zone can be chosen. */
  readonly zones: boolean;
}

/** Cinder v1 to v3; Nova attaches. Cinder has no client token: the metadata carry ours, and are looked up before a second create. */
export class NovaVolumes implements VolumeDriver {
  constructor(
    private readonly cloud: Services,
    private readonly dialect: VolumeDialect,
  ) {}

  /** Cinder may have zones of its own, or none: where it does not know the machines' zone it chooses, and any machine reaches the volume. */
  async create(order: VolumeOrder, token: string): Promise<Volume> {
    const { nameField, least } = this.dialect;
    const metadata = { ...order.tags, [volumeTag]: token };
    const volume = { [nameField]: order.name, size: Math.max(least, order.size), metadata };
    if (!this.dialect.zones) return await this.order(order.region, volume);
    try {
      return await this.order(order.region, { ...volume, availability_zone: order.zone });
    } catch (error) {
      const refusal = asVendorError(error);
      if (refusal.reason !== 'invalid-request' || !/availability.?zone/i.test(refusal.message)) throw refusal;
      return await this.order(order.region, volume);
    }
  }

  /** A cloud whose operator has switched this filter off lists everything: what it finds is compared again. */
  async find(region: string, token: string): Promise<Volume | undefined> {
    const path = `/volumes/detail?metadata=${encodeURIComponent(JSON.stringify({ [volumeTag]: token }))}&limit=1000`;
    for await (const page of this.cloud.pages({ service: 'volume', region, method: 'GET', path }, 'volumes')) {
      const [volume] = page
        .filter((candidate) => text(candidate, 'metadata', volumeTag) === token)
        .flatMap((candidate) => volumeOf(candidate) ?? []);
      if (volume) return volume;
    }
    return undefined;
  }

  async get(region: string, vendorId: string): Promise<Volume | undefined> {
    const path = `/volumes/${encodeURIComponent(vendorId)}`;
    const answer = await unlessGone(this.cloud.call({ service: 'volume', region, method: 'GET', path }));
    return answer === undefined ? undefined : described(answer, vendorId);
  }

  /** Most hypervisors choose the device name themselves, whatever is wished for. */
  async attach(region: string, vendorId: string, machine: string, device: string | undefined): Promise<void> {
    await this.cloud.require('volume', region);
    const body = { volumeAttachment: { volumeId: vendorId, ...(device === undefined ? {} : { device }) } };
    try {
      await this.cloud.call({ service: 'compute', region, method: 'POST', path: attachmentsOf(machine), body });
    } catch (error) {
      const refusal = asVendorError(error);
      if (refusal.passing || !(await this.holds(region, machine, vendorId))) throw refusal;
    }
  }

  /** Not attached to this machine (any more) is detached. */
  async detach(region: string, vendorId: string, machine: string): Promise<void> {
    await this.cloud.require('volume', region);
    const path = `${attachmentsOf(machine)}/${encodeURIComponent(vendorId)}`;
    try {
      await unlessGone(this.cloud.call({ service: 'compute', region, method: 'DELETE', path }));
    } catch (error) {
      const refusal = asVendorError(error);
      if (refusal.passing) throw refusal;
      const leaving = (await this.status(region, vendorId)) === 'detaching';
      if (!leaving && (await this.holds(region, machine, vendorId))) throw refusal;
    }
  }

  async delete(region: string, vendorId: string): Promise<void> {
    const path = `/volumes/${encodeURIComponent(vendorId)}`;
    try {
      await unlessGone(this.cloud.call({ service: 'volume', region, method: 'DELETE', path }));
    } catch (error) {
      const refusal = asVendorError(error);
      if (refusal.reason !== 'conflict' || (await this.status(region, vendorId)) !== 'deleting') throw refusal;
    }
  }

  private async order(region: string, volume: object): Promise<Volume> {
    const answer = await this.cloud.call({ service: 'volume', region, method: 'POST', path: '/volumes', body: { volume } });
    return described(answer, undefined);
  }

  /** Nova's own view, which shows an attachment from the moment that it is asked for. */
  private async holds(region: string, machine: string, vendorId: string): Promise<boolean> {
    const call = { service: 'compute', region, method: 'GET', path: attachmentsOf(machine) } as const;
    const answer = await unlessGone(this.cloud.call(call));
    return list(answer, 'volumeAttachments').some((entry) => text(entry, 'volumeId') === vendorId);
  }

  private async status(region: string, vendorId: string): Promise<string | undefined> {
    const path = `/volumes/${encodeURIComponent(vendorId)}`;
    return text(await unlessGone(this.cloud.call({ service: 'volume', region, method: 'GET', path })), 'volume', 'status');
  }
}

const attachmentsOf = (machine: string): string => `/servers/${encodeURIComponent(machine)}/os-volume_attachments`;

/**
 * Block Storage API reference, "Volumes", volume statuses. A deletion may still fail (error_deleting): it is over when the cloud does not
 * know the volume any more. A status that is not here, or that Cinder adds one day, counts as building.
 */
const states: Readonly<Record<string, Volume['state']>> = {
  available: 'available',
  'in-use': 'attached',
  detaching: 'attached',
  error: 'error',
  error_deleting: 'error',
  'error_backing-up': 'error',
  error_restoring: 'error',
  error_extending: 'error',
  error_managing: 'error',
  deleted: 'gone',
};

function described(answer: Json, vendorId: string | undefined): Volume {
  const volume = volumeOf(field(answer, 'volume') ?? null);
  if (volume) return volume;
  throw new VendorError('unknown', `the answer does not describe ${vendorId ?? 'the volume'}`, { code: 'malformed' });
}

/** Undefined when it carries no id. */
function volumeOf(volume: Json): Volume | undefined {
  const vendorId = text(volume, 'id');
  if (vendorId === undefined) return undefined;
  const state = states[text(volume, 'status')?.toLowerCase() ?? ''] ?? 'building';
  const [attachment] = state === 'attached' ? list(volume, 'attachments') : [];
  return {
    vendorId,
    state,
    zone: text(volume, 'availability_zone') ?? null,
    machine: text(attachment, 'server_id') ?? null,
    device: text(attachment, 'device') ?? null,
  };
}
