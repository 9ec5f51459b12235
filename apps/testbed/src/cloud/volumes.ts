import type { Faults } from './faults.js';
import type { Instance } from './instance.js';
import { Refusal } from './refusal.js';
import { type Place, Shelf, type ShelfParts } from './shelf.js';

/** Where a volume stays, and what it passes through on the way. */
export type VolumeState = 'creating' | 'available' | 'attaching' | 'in-use' | 'detaching' | 'deleting' | 'error';

/** A block device that lives in a zone and belongs to at most one instance of it. Times are milliseconds since 1970. */
export interface Volume extends Place {
  /** `vol-` and 17 hexadecimal digits, or a UUID. */
  readonly id: string;
  readonly zone: string;
  readonly gib: number;
  readonly type: string;
  readonly name: string;
  /** EC2 tags, or Cinder metadata. */
  readonly labels: Readonly<Record<string, string>>;
  readonly state: VolumeState;
  readonly change: { readonly to: 'available' | 'in-use' | 'error' | 'gone'; readonly at: number } | null;
  readonly attachment: VolumeAttachment | null;
  readonly createdAt: number;
  /** EC2: the client token, and a digest of the request it came with. */
  readonly request: { readonly token: string | null; readonly digest: string } | null;
}

export interface VolumeAttachment {
  readonly id: string;
  /** The id of the instance. */
  readonly instance: string;
  /** As the instance's owner calls it, e.g. `/dev/vdb`. */
  readonly device: string;
  readonly at: number;
}

export type VolumeOrder = Omit<Volume, 'state' | 'change' | 'attachment' | 'createdAt'>;

const creationMs = 200;
const attachmentMs = 150;
const deletionMs = 150;

/** All volumes of all clouds. */
export class Volumes {
  private readonly shelf: Shelf<Volume>;

  constructor(private readonly parts: ShelfParts & { readonly faults: Faults }) {
    this.shelf = new Shelf('volume', parts, settled);
  }

  all(): Volume[] {
    return this.shelf.all();
  }

  in(place: Place): Volume[] {
    return this.shelf.in(place);
  }

  get(place: Place, id: string): Volume | undefined {
    return this.shelf.get(place, id);
  }

  /** Those of an instance, coming and going ones too. */
  of(instance: Pick<Instance, 'id'>): Volume[] {
    return this.all().filter(({ attachment }) => attachment?.instance === instance.id);
  }

  /** @throws Refusal quota or no-capacity; then there is none. */
  create(order: VolumeOrder): Volume {
    const { cloud, region, zone } = order;
    const { faults } = this.parts;
    if (faults.strike('quota', { cloud, region })) throw new Refusal('quota', 'No further volume is allowed.');
    const full = faults.strike('no-capacity', { cloud, region }) ?? faults.strike('no-capacity', { cloud, region, zone });
    if (full || faults.isDown({ cloud, region, zone }))
      throw new Refusal('no-capacity', `There is no room for ${order.gib} GiB in ${zone}.`);
    return this.begin(order, 'available');
  }

  /** Keeps a record of a volume that cannot be made, where a protocol answers before it knows. */
  createFailed(order: VolumeOrder): Volume {
    return this.begin(order, 'error');
  }

  /**
   * @param attachment its id, and the device it is to be.
   * @throws Refusal in-use, wrong-state, other-zone or taken (the device).
   */
  attach(volume: Volume, instance: Instance, attachment: Pick<VolumeAttachment, 'id' | 'device'>): Volume {
    if (volume.attachment) throw new Refusal('in-use', `Volume ${volume.id} belongs to ${volume.attachment.instance}.`);
    if (volume.state !== 'available') throw new Refusal('wrong-state', `Volume ${volume.id} is ${volume.state}.`);
    if (volume.zone !== instance.zone)
      throw new Refusal('other-zone', `Volume ${volume.id} is in ${volume.zone}, instance ${instance.id} in ${instance.zone}.`);
    if (this.of(instance).some((other) => other.attachment?.device === attachment.device))
      throw new Refusal('taken', `Instance ${instance.id} has a ${attachment.device} already.`);
    const now = this.parts.clock.now();
    return this.shelf.save({
      ...volume,
      state: 'attaching',
      change: { to: 'in-use', at: now + attachmentMs },
      attachment: { ...attachment, instance: instance.id, at: now },
    });
  }

  /** @throws Refusal wrong-state unless it is attached. */
  detach(volume: Volume): Volume {
    if (volume.state !== 'in-use') throw new Refusal('wrong-state', `Volume ${volume.id} is ${volume.state}.`);
    return this.shelf.save({ ...volume, state: 'detaching', change: this.soon('available', attachmentMs) });
  }

  /** Takes from an instance that has ended what it had: its volumes stay. */
  release(instance: Pick<Instance, 'id'>): void {
    for (const volume of this.of(instance)) {
      this.shelf.save({ ...volume, state: 'available', change: null, attachment: null });
    }
  }

  /** @throws Refusal in-use, wrong-state */
  delete(volume: Volume): Volume {
    if (volume.attachment) throw new Refusal('in-use', `Volume ${volume.id} belongs to ${volume.attachment.instance}.`);
    if (volume.state !== 'available' && volume.state !== 'error')
      throw new Refusal('wrong-state', `Volume ${volume.id} is ${volume.state}.`);
    return this.shelf.save({ ...volume, state: 'deleting', change: this.soon('gone', deletionMs) });
  }

  relabel(volume: Volume, labels: Readonly<Record<string, string>>): void {
    this.shelf.relabel(volume, labels);
  }

  close(): void {
    this.shelf.close();
  }

  private begin(order: VolumeOrder, to: 'available' | 'error'): Volume {
    const createdAt = this.parts.clock.now();
    return this.shelf.save({ ...order, state: 'creating', change: this.soon(to, creationMs), attachment: null, createdAt });
  }

  private soon(to: 'available' | 'error' | 'gone', ms: number): NonNullable<Volume['change']> {
    return { to, at: this.parts.clock.now() + ms };
  }
}

function settled(volume: Volume): Volume | null {
  const to = volume.change?.to ?? 'gone';
  if (to === 'gone') return null;
  return { ...volume, state: to, change: null, attachment: to === 'in-use' ? volume.attachment : null };
}
