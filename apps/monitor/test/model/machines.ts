/** What two machines measure of themselves, and others of them: they are well, down, busy, idle, or silent for a while. */
import type { MetricSample } from '@cloud-agency/bus';
import { type Draw, isDrawn, pick, whole } from './draw.js';

export const machines = ['a', 'b'] as const;
/** In this order they come, where they come together: conditions read what machines tell of themselves. */
export const sources = ['resource', 'vendor', 'probe'] as const;
export type Source = (typeof sources)[number];

/** What conditions read is measured before the rest: which of two comes first that were measured at once nobody can say. */
const before = (metric: string): number => (metric === 'load' ? 3 : 0);

const moods = ['well', 'well', 'down', 'busy', 'idle', 'silent'] as const;

export class Machines {
  private readonly moods = new Map<string, (typeof moods)[number]>();
  private readonly totals = new Map<string, number>();

  constructor(private readonly next: Draw) {}

  samplesOf(machine: string, source: Source, at: number): MetricSample[] {
    const { next } = this;
    if (isDrawn(next, 0.12)) this.moods.set(machine, pick(next, moods));
    const mood = this.moods.get(machine) ?? 'well';
    if (mood === 'silent') return [];
    return Object.entries({ ...this.gauges(mood), ...this.counters(mood, `${machine} ${source}`) })
      .filter(() => isDrawn(next, 0.95))
      .map(([metric, value]) => ({ resource: machine, placement: `${machine}-1`, metric, value, at: at - before(metric) }));
  }

  private gauges(mood: string): Readonly<Record<string, number>> {
    const between = (low: number, high: number): number => low + whole(this.next, high - low);
    const up = mood === 'down' ? 0 : 1;
    if (mood === 'busy')
      return {
        ...{ up, queue: between(60, 100), load: between(40, 100) },
        ...{ cpu_utilisation: between(40, 64) / 64, response_time: between(150, 350) },
      };
    const most = mood === 'idle' ? { queue: 20, cpu: 12 } : { queue: 100, cpu: 64 };
    return {
      ...{ up, queue: between(0, most.queue), load: between(0, 80) },
      ...{ cpu_utilisation: between(0, most.cpu) / 64, response_time: between(20, 170) },
    };
  }

  /** Now and then one begins at 0 again. */
  private counters(mood: string, whose: string): Readonly<Record<string, number>> {
    const { next } = this;
    const grown = (name: string, by: number): number => {
      const key = `${whose} ${name}`;
      const total = isDrawn(next, 0.02) ? by : (this.totals.get(key) ?? 0) + by;
      this.totals.set(key, total);
      return total;
    };
    return {
      orders: grown('orders', whole(next, mood === 'idle' ? 4 : 120)),
      requests: grown('requests', whole(next, 200)),
      errors: grown('errors', whole(next, mood === 'down' ? 150 : 20)),
    };
  }
}
