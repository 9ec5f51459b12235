import { AgencyError } from '@cloud-agency/errors';
import type { Clock } from '@cloud-agency/runtime';

interface Bucket {
  left: number;
  at: number;
}

/** So many are remembered; beyond it those that are full again are forgotten. */
const mostBuckets = 10_000;

/** A token bucket for each key: `limit` a second, and twice that at once. */
export class Throttle {
  private readonly buckets = new Map<string, Bucket>();

  /** `limit` 0 is none. */
  constructor(
    private readonly limit: number,
    private readonly clock: Clock,
  ) {}

  /** @throws AgencyError too-many-requests, with the seconds to wait. */
  take(key: string): void {
    if (this.limit === 0) return;
    this.assertLeft(key);
    const bucket = this.filled(key);
    bucket.left -= 1;
    this.buckets.set(key, bucket);
    if (this.buckets.size > mostBuckets) this.forgetFull();
  }

  /** The same, without taking. */
  assertLeft(key: string): void {
    const { left } = this.filled(key);
    if (this.limit === 0 || left >= 1) return;
    throw new AgencyError('too-many-requests', { limit: this.limit, seconds: Math.max(1, Math.ceil((1 - left) / this.limit)) });
  }

  private filled(key: string): Bucket {
    const now = this.clock.now();
    const { left, at } = this.buckets.get(key) ?? { left: 2 * this.limit, at: now };
    return { left: Math.min(2 * this.limit, left + ((now - at) / 1_000) * this.limit), at: now };
  }

  private forgetFull(): void {
    for (const key of this.buckets.keys()) if (this.filled(key).left >= 2 * this.limit) this.buckets.delete(key);
  }
}
