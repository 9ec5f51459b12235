import type { Volume, VolumeDriver, VolumeOrder } from '../../vendor/port.js';
import { volumeTag } from '../../vendor/tags.js';
import { asVendorError, unlessGone, VendorError } from '../../vendor/vendor-error.js';
import type { Ec2Query } from './query.js';
import { madeWith, tagList, withTag } from './tags.js';
import { items, text, type XmlNode } from '../../vendor/xml.js';

/** Recommended for volumes (EC2 user guide, "Device names for volumes"); what the system makes of them depends on it. */
const deviceNames = Array.from('fghijklmnop', (letter) => `/dev/sd${letter}`);
const deviceForm = /^\/dev\/(?:sd|xvd)([a-z]{1,2}\d*)$/;

/** Elastic Block Store. */
export class Ec2Volumes implements VolumeDriver {
  constructor(
    private readonly query: Ec2Query,
    /** Whether a volume is made with its tags; else it is given them afterwards, and one whose order was never answered is not found again. */
    private readonly madeWithTags: boolean,
  ) {}

  async create(order: VolumeOrder, token: string): Promise<Volume> {
    const tags = { Name: order.name, ...order.tags, [volumeTag]: token };
    const answer = await this.query.call(order.region, 'CreateVolume', {
      AvailabilityZone: order.zone,
      Size: order.size,
      ...(this.madeWithTags ? { ClientToken: token, ...madeWith('volume', tags) } : {}),
    });
    const volume = volumeOf(answer);
    if (!volume) throw new VendorError('unknown', 'CreateVolume answered without a volume', { code: 'malformed' });
    if (!this.madeWithTags) await this.tag(order.region, volume.vendorId, tags);
    return volume;
  }

  async find(region: string, token: string): Promise<Volume | undefined> {
    const found = await this.query.all(region, 'DescribeVolumes', 'volumeSet', withTag(volumeTag, token));
    const volumes = found.flatMap((item) => volumeOf(item) ?? []);
    return volumes.find((volume) => volume.state !== 'gone') ?? volumes[0];
  }

  async get(region: string, vendorId: string): Promise<Volume | undefined> {
    const item = await this.described(region, vendorId);
    return item === undefined ? undefined : volumeOf(item);
  }

  /** A wish in another system's form (`/dev/vdb`) is no name that EC2 takes: the first free one stands in for it. */
  async attach(region: string, vendorId: string, machine: string, device: string | undefined): Promise<void> {
    try {
      await this.query.call(region, 'AttachVolume', {
        VolumeId: vendorId,
        InstanceId: machine,
        Device: device !== undefined && deviceForm.test(device) ? device : await this.freeDevice(region, machine),
      });
    } catch (error) {
      const refusal = asVendorError(error);
      if (refusal.passing || !holds(await this.attachment(region, vendorId, machine))) throw refusal;
    }
  }

  /** Not attached to this machine (any more) is detached. */
  async detach(region: string, vendorId: string, machine: string): Promise<void> {
    try {
      await unlessGone(this.query.call(region, 'DetachVolume', { VolumeId: vendorId, InstanceId: machine }));
    } catch (error) {
      const refusal = asVendorError(error);
      if (refusal.passing || holds(await this.attachment(region, vendorId, machine))) throw refusal;
    }
  }

  async delete(region: string, vendorId: string): Promise<void> {
    try {
      await unlessGone(this.query.call(region, 'DeleteVolume', { VolumeId: vendorId }));
    } catch (error) {
      const refusal = asVendorError(error);
      if (refusal.reason !== 'conflict' || ((await this.get(region, vendorId))?.state ?? 'gone') !== 'gone') throw refusal;
    }
  }

  /** One that cannot be told from others is no use: it goes. */
  private async tag(region: string, vendorId: string, tags: Readonly<Record<string, string>>): Promise<void> {
    try {
      await this.query.call(region, 'CreateTags', { ResourceId: [vendorId], Tag: tagList(tags) });
    } catch (error) {
      await this.delete(region, vendorId).catch(asVendorError);
      throw error;
    }
  }

  private async described(region: string, vendorId: string): Promise<XmlNode | undefined> {
    const answer = await unlessGone(this.query.call(region, 'DescribeVolumes', { VolumeId: [vendorId] }));
    return answer && items(answer, 'volumeSet').find((item) => text(item, 'volumeId') === vendorId);
  }

  private async attachment(region: string, vendorId: string, machine: string): Promise<XmlNode | undefined> {
    const volume = await this.described(region, vendorId);
    return volume && items(volume, 'attachmentSet').find((entry) => text(entry, 'instanceId') === machine);
  }

  private async freeDevice(region: string, machine: string): Promise<string> {
    const answer = await this.query.call(region, 'DescribeInstances', { InstanceId: [machine] });
    const taken = new Set(
      items(answer, 'reservationSet')
        .flatMap((reservation) => items(reservation, 'instancesSet'))
        .flatMap((instance) => items(instance, 'blockDeviceMapping'))
        .map((mapping) => slotOf(text(mapping, 'deviceName') ?? '')),
    );
    const free = deviceNames.find((name) => !taken.has(slotOf(name)));
    if (free === undefined) throw new VendorError('quota', `${machine} has no device name left for another volume`);
    return free;
  }
}

/** Whether the volume is the machine's, or is on its way to it. */
const holds = (attachment: XmlNode | undefined): boolean =>
  attachment !== undefined && !['detaching', 'detached'].includes(text(attachment, 'status') ?? '');

/** `/dev/sdf` and `/dev/xvdf` are the same. */
const slotOf = (deviceName: string): string => deviceForm.exec(deviceName)?.[1] ?? deviceName;

/** VolumeState (EC2 API reference, Volume): a deletion that has been taken cannot be undone, and costs nothing any more. */
const states: Readonly<Record<string, Volume['state']>> = {
  creating: 'building',
  available: 'available',
  'in-use': 'attached',
  deleting: 'gone',
  deleted: 'gone',
  error: 'error',
};

/** Undefined when it carries no id. Attached from when it is until it is no more; a state that EC2 adds one day counts as building. */
function volumeOf(item: XmlNode): Volume | undefined {
  const vendorId = text(item, 'volumeId');
  if (vendorId === undefined) return undefined;
  const attachment = items(item, 'attachmentSet').find((entry) => text(entry, 'status') !== 'detached') ?? {};
  const attaching = text(attachment, 'status') === 'attaching';
  const state = attaching ? 'building' : (states[text(item, 'status') ?? ''] ?? 'building');
  const held = state === 'attached' ? attachment : {};
  return {
    vendorId,
    state,
    zone: text(item, 'availabilityZone') ?? null,
    machine: text(held, 'instanceId') ?? null,
    device: text(held, 'device') ?? null,
  };
}
