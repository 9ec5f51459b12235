import type { Disk } from './disk.js';

const name = 'last-number';
const first = 1_000_000;

/** Identifiers for protocols that number things: each is given once, whatever the cloud, and never again. */
export class Numbers {
  private last: number;

  constructor(private readonly disk: Disk) {
    this.last = Number(disk.recall(name) ?? first);
  }

  next(): string {
    this.last += 1;
    this.disk.remember(name, String(this.last));
    return String(this.last);
  }
}
