import type { Size } from '../catalogue/size.js';
import type { Faults } from './faults.js';
import { Refusal } from './refusal.js';
import { type Place, Shelf, type ShelfParts } from './shelf.js';

/** An image that was made of an instance's disk. Times are milliseconds since 1970. */
export interface SavedImage extends Place {
  /** `ami-` and 17 hexadecimal digits, or a UUID. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** EC2 tags, or properties at Glance. */
  readonly labels: Readonly<Record<string, string>>;
  readonly architecture: Size['architecture'];
  /** The instance it was made of, and the image that one was made of. */
  readonly instance: string;
  readonly base: string;
  readonly state: 'queued' | 'saving' | 'available';
  readonly change: { readonly to: 'saving' | 'available'; readonly at: number } | null;
  readonly createdAt: number;
}

export type SavedImageOrder = Omit<SavedImage, 'state' | 'change' | 'createdAt'>;

const queueMs = 100;
const savingMs = 400;

/** All images that accounts have saved; those that clouds offer to everybody are no part of it. */
export class SavedImages {
  private readonly shelf: Shelf<SavedImage>;

  constructor(private readonly parts: ShelfParts & { readonly faults: Faults }) {
    this.shelf = new Shelf('image', parts, (image) => this.settled(image));
  }

  all(): SavedImage[] {
    return this.shelf.all();
  }

  in(place: Place): SavedImage[] {
    return this.shelf.in(place);
  }

  get(place: Place, id: string): SavedImage | undefined {
    return this.shelf.get(place, id);
  }

  /** @throws Refusal quota */
  create(order: SavedImageOrder): SavedImage {
    const { cloud, region } = order;
    if (this.parts.faults.strike('quota', { cloud, region })) throw new Refusal('quota', 'No further image is allowed.');
    const createdAt = this.parts.clock.now();
    return this.shelf.save({ ...order, state: 'queued', change: { to: 'saving', at: createdAt + queueMs }, createdAt });
  }

  /** Instances that were made of it run on. */
  delete(image: SavedImage): void {
    this.shelf.forget(image);
  }

  relabel(image: SavedImage, labels: Readonly<Record<string, string>>): void {
    this.shelf.relabel(image, labels);
  }

  close(): void {
    this.shelf.close();
  }

  private settled(image: SavedImage): SavedImage {
    if (image.state !== 'queued') return { ...image, state: 'available', change: null };
    return { ...image, state: 'saving', change: { to: 'available', at: this.parts.clock.now() + savingMs } };
  }
}
