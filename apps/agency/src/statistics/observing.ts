import { type AppContext, isoTime, monitoringOf } from '@cloud-agency/runtime';
import { type Call, type Demand, type Observed, type ObservedUptime, readsObserved } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import type { AgencyTables } from '../store/tables.js';

const hour = 3_600_000;
/** What was seen last longer ago than this says nothing of now, ms. */
const freshForMs = 30 * 24 * hour;
/** So many places at most travel in a call, those that were watched the longest first. */
const mostPlaces = 500;

/**
 * What selection knows of vendors beside what they declare, at hand: a call takes it along where it reads it, and waits for no query. It is read anew
 * every so often.
 */
export class ObservedFigures {
  private uptimes: readonly ObservedUptime[] = [];
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
    if (this.uptimes.length === 0 || !readsObserved(demand).availability) return undefined;
    const at = isoTime(this.context.clock.now());
    return { at, prior: this.settings.enough / hour, availability: this.uptimes, performance: [] };
  }

  private async read(): Promise<void> {
    const { over, enough, machines } = this.settings;
    const now = this.context.clock.now();
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
    this.uptimes = rows
      // PostgreSQL tells sums of integers as text.
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
}
