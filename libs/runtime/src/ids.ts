import { randomUUID } from 'node:crypto';

/** Where identifiers come from; tests bring a counter. */
export interface Ids {
  next(): string;
}

export const randomIds: Ids = { next: () => randomUUID() };
