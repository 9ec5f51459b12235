import { encoded, type Readings, subjects } from '@cloud-agency/bus';
import { type Clock, isoTime, type Log, Trouble } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import type { SizesByRegion } from '../agent/regional-sizes.js';
import type { Placement, Placements } from '../placement/placements.js';
import { reports } from '../placement/reports.js';
import type { VendorDriver, VendorMetrics } from '../vendor/port.js';
import { asVendorError } from '../vendor/vendor-error.js';
import { type Figure, Rates } from './rates.js';

export interface ObserverOptions {
  readonly agent: string;
  readonly driver: VendorDriver;
  readonly sizes: Pick<SizesByRegion, 'size'>;
  readonly placements: Pick<Placements, 'living' | 'noteEnding'>;
  readonly connection: NatsConnection;
  readonly clock: Clock;
  readonly log: Log;
  /** How often the vendor is asked what it measures, ms; absent: every minute. */
  readonly metricsEvery?: number;
}

/** Vendors measure by the minute at best. */
const metricsEveryMs = 60_000;
const leastMetricsMs = 1_000;
/** Two minutes is the shortest notice that a vendor promises. */
const noticesEveryMs = 15_000;
/** How far back the first reading looks: the longest period of a vendor's measuring. */
const firstLookBackMs = 600_000;

/** A placement whose machine is at the vendor. */
type Standing = Placement & { readonly vendor_id: string; readonly order: NonNullable<Placement['order']> };

/** Hands on what the vendor tells of the machines it runs: what it measures, and that it will take one back. Both only as far as it tells. */
export class Observer {
  private readonly rates = new Map<string, Rates>();
  private readonly readUntil = new Map<string, number>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly stops: (() => void)[] = [];
  private stopped = false;

  constructor(private readonly options: ObserverOptions) {}

  start(): void {
    const { driver, metricsEvery = metricsEveryMs } = this.options;
    const { metrics } = driver;
    if (metrics) this.every(Math.max(leastMetricsMs, metricsEvery), 'measures of', () => this.readAll(metrics));
    if (driver.notices) this.every(noticesEveryMs, 'announces to', () => this.heedNotices());
  }

  /** Resolves once nothing is asked any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const stop of this.stops) stop();
    await Promise.all(this.underWay);
  }

  /** Never twice at a time: a slow vendor is asked less often. */
  private every(ms: number, what: string, task: () => Promise<void>): void {
    const trouble = new Trouble(this.options.log, { agent: this.options.agent });
    let running: Promise<void> | undefined;
    const begin = (): void => {
      if (this.stopped || running) return;
      const run = task()
        .then(
          () => {
            trouble.isOver(`What the vendor ${what} its machines can be read again.`);
          },
          (error: unknown) => {
            const { reason, message: detail } = asVendorError(error);
            trouble.is(reason, `What the vendor ${what} its machines cannot be read; it is asked again.`, { reason, detail });
          },
        )
        .finally(() => {
          this.underWay.delete(run);
          running = undefined;
        });
      running = run;
      this.underWay.add(run);
    };
    this.stops.push(this.options.clock.every(ms, begin));
    begin();
  }

  private async readAll(metrics: VendorMetrics): Promise<void> {
    const standing = await this.standing();
    this.forgetAllBut(standing);
    const failures: unknown[] = [];
    for (const placement of standing) {
      if (this.stopped) return;
      await this.read(metrics, placement).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  private async read(metrics: VendorMetrics, { id, vendor_id: vendorId, order }: Standing): Promise<void> {
    const { clock, sizes, agent, connection } = this.options;
    const since = this.readUntil.get(id) ?? clock.now() - firstLookBackMs;
    const readings = (await metrics.read(order.region, vendorId, since)) ?? [];
    if (readings.length === 0) return;
    this.readUntil.set(id, Math.max(...readings.map(({ at }) => at)) + 1);
    const rates = this.rates.get(id) ?? new Rates();
    this.rates.set(id, rates);
    const size = sizes.size(order.region, order.instanceType);
    const figures = rates.figures(readings, size?.cores ?? 1);
    if (figures.length === 0 || connection.isClosed()) return;
    connection.publish(subjects.readings, encoded(toldOf(agent, id, figures, size?.memory)));
  }

  private async heedNotices(): Promise<void> {
    const spot = (await this.standing()).filter(({ order }) => order.market === 'spot');
    for (const region of new Set(spot.map(({ order }) => order.region))) {
      const notices = (await this.options.driver.notices?.(region)) ?? [];
      for (const { vendorId, at, message } of notices) {
        const placement = spot.find((candidate) => candidate.vendor_id === vendorId && candidate.order.region === region);
        if (placement) await this.options.placements.noteEnding(placement, reports.ending(placement, at, message));
      }
    }
  }

  private async standing(): Promise<readonly Standing[]> {
    const all = await this.options.placements.living(this.options.agent);
    return all.flatMap(({ vendor_id: vendorId, order, ...placement }) =>
      placement.state === 'active' && vendorId !== null && order !== null ? [{ ...placement, vendor_id: vendorId, order }] : [],
    );
  }

  private forgetAllBut(standing: readonly Standing[]): void {
    const ids = new Set(standing.map(({ id }) => id));
    for (const known of [this.rates, this.readUntil]) for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
  }
}

const toldOf = (agent: string, placement: string, figures: readonly Figure[], memory = 0): Readings => ({
  agent,
  placement,
  ...(memory > 0 ? { memory } : {}),
  readings: figures.map((figure) => ({ ...figure, at: isoTime(figure.at) })),
});
