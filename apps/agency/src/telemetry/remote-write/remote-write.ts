import type { Clock, Log } from '@cloud-agency/runtime';
import type { Figure } from '../figure.js';
import { Queue, type QueueParts } from './queue.js';
import { type Sample, samplesOf, seriesOf } from './series.js';
import { type Protocol, writeRequest } from './write-request.js';

export interface RemoteWriteParts extends Pick<QueueParts, 'send' | 'count'> {
  readonly clock: Clock;
  readonly log: Log;
  readonly read: () => Promise<readonly Figure[]>;
  readonly everyMs: number;
  /** How many requests wait for a receiver that does not take them. */
  readonly queue: number;
  readonly protocol: Protocol;
  /** That every series has. */
  readonly labels: Readonly<Record<string, string>>;
  /** User-Agent. */
  readonly agent: string;
}

/** Samples in one request: about 300 KB before they are compressed. */
const samplesAtOnce = 2_000;

/**
 * Tells a receiver of Prometheus remote write what is measured for clients, at every turn as it is then. A series that is there no more is given a
 * staleness marker, once. What waits is in memory: a process that dies takes it along, and which series there were.
 */
export class RemoteWrite {
  private readonly queue: Queue;
  private before = new Map<string, Sample>();
  private turn: Promise<void> | undefined;
  private readonly endTurns: () => void;

  constructor(private readonly parts: RemoteWriteParts) {
    this.queue = new Queue({ ...parts, most: parts.queue });
    this.endTurns = parts.clock.every(parts.everyMs, () => {
      // A turn that takes too long has the next one left out.
      this.turn ??= this.take().finally(() => {
        this.turn = undefined;
      });
    });
  }

  /** Requests that were not taken yet. */
  get waiting(): number {
    return this.queue.length;
  }

  async stop(): Promise<void> {
    this.endTurns();
    await this.turn;
    await this.queue.stop();
  }

  private async take(): Promise<void> {
    const { clock, log, read, labels, protocol, agent } = this.parts;
    const at = clock.now();
    try {
      const samples = samplesOf(await read(), labels, at);
      const now = new Map(samples.map((sample) => [seriesOf(sample), sample]));
      const ended = [...this.before].filter(([series]) => !now.has(series));
      this.before = now;
      const all = [...now.values(), ...ended.map(([, sample]): Sample => ({ ...sample, at, value: 'stale' }))];
      for (let from = 0; from < all.length; from += samplesAtOnce)
        this.queue.add(writeRequest(all.slice(from, from + samplesAtOnce), protocol, agent));
    } catch (error) {
      log.warn({ err: error }, 'What is to be written remotely could not be read; the next turn tries again');
    }
  }
}
