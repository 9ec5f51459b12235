import { type AppContext, isoTime, monitoringOf } from '@cloud-agency/runtime';
import {
  type Call,
  type Demand,
  type Observed,
  type ObservedPerformance,
  type ObservedUptime,
  readsObserved,
} from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import type { AgencyTables } from '../store/tables.js';
import { powersBy } from './power.js';

const hour = 3_600_000;
/** What was seen last longer ago than this says nothing of now, ms. */
const freshForMs = 30 * 24 * hour;
/** So many places, and so many sizes, at most travel in a call: those that were watched the longest, and measured on the most machines. */
const mostPlaces = 500;
const mostSizes = 500;

/**
 * What selection knows of vendors beside what they declare, at hand: a call takes it along where it reads it, and waits for no query. It is read anew
 * every so often.
 */
export class ObservedFigures {
  private uptimes: readonly ObservedUptime[] = [];
  private performances: readonly ObservedPerformance[] = [];
  private reading: Promise<void> | undefined;
  private endReading: (() => void) | undefined;
  private readonly settings: ReturnType<typeof monitoringOf>['statistics'];

  constructor(
    private readonly tables: Kysely<AgencyTables>,
    private readonly context: Pick<AppContext, 'clock' | 'log' | 'settings'>,
  ) {
    this.settings = monitoringOf(context.settings.config.monitoring).statistics;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.endReading = this.context.clock.every(this.settings.every, () => void this.refresh());
  }

  async stop(): Promise<void> {
    this.endReading?.();
    await this.reading;
  }

  /** The call as it is where it reads nothing that was observed, or nothing was. */
  beside(call: Call): Call {
    const observed = this.for(call.demand);
    return observed ? { ...call, demand: { ...call.demand, observed } } : call;
  }

  async refresh(): Promise<void> {
    this.reading ??= this.read()
      .catch((error: unknown) => {
        this.context.log.warn({ err: error }, 'What was observed of vendors could not be read; what was known before counts');
      })
      .finally(() => {
        this.reading = undefined;
      });
    await this.reading;
  }

  private for(demand: Demand): Observed | undefined {
    const reads = readsObserved(demand);
    const availability = reads.availability ? this.uptimes : [];
    const performance = reads.performance ? this.performances : [];
    if (availability.length === 0 && performance.length === 0) return undefined;
    return { at: isoTime(this.context.clock.now()), prior: this.settings.enough / hour, availability, performance };
  }

  private async read(): Promise<void> {
    const now = this.context.clock.now();
    [this.uptimes, this.performances] = [await this.uptimesAt(now), await this.performancesAt(now)];
  }

  private async uptimesAt(now: number): Promise<readonly ObservedUptime[]> {
    const { over, enough, machines } = this.settings;
    const rows = await this.tables
      .selectFrom('uptime')
      .select((select) => [
        'vendor',
        'region',
        'market',
        select.fn.sum<number | string>('watched').as('watched'),
        select.fn.sum<number | string>('down').as('down'),
        select.fn.count<number>('placement').distinct().as('machines'),
        select.fn.max('as_of').as('as_of'),
      ])
      .where('day', '>=', now - over)
      .groupBy(['vendor', 'region', 'market'])
      .execute();
    // PostgreSQL tells sums of integers as text.
    return rows
      .map((row) => ({ ...row, watched: Number(row.watched), down: Number(row.down) }))
      .filter((row) => row.watched >= enough && row.machines >= machines && row.as_of >= now - freshForMs)
      .sort((a, b) => b.watched - a.watched)
      .slice(0, mostPlaces)
      .map(({ vendor, region, market, watched, down, machines: seen, as_of: asOf }) => ({
        ...{ vendor, region, market },
        hours: watched / hour,
        down: down / hour,
        machines: seen,
        asOf: isoTime(asOf),
      }));
  }
  /** Of a size, wherever it stands and however it is sold: what a vendor calls by one name is to be alike. */
  private async performancesAt(now: number): Promise<readonly ObservedPerformance[]> {
    const { over, machines } = this.settings;
    const powers = await powersBy(this.tables, ['vendor', 'size'], { since: now - over, query: {} });
    return powers
      .filter((power) => power.machines >= machines && power.at >= now - freshForMs)
      .sort((a, b) => b.machines - a.machines)
      .slice(0, mostSizes)
      .map(({ vendor, size, value, machines: seen, at }) => {
        return { vendor, instanceType: size, value, machines: seen, asOf: isoTime(at) };
      });
  }
}
