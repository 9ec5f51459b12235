import { isoTime, type StatisticsSettings } from '@cloud-agency/runtime';
import type { Market } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import type { AgencyTables } from '../store/tables.js';
import { type Power, powersBy } from './power.js';
import { asked, type StatisticsQuery } from './query.js';

/** What was seen of one size of a vendor in a region, on a market, over the time that statistics reach back. What there are no samples of is null. */
export interface Statistic {
  readonly vendor: string;
  readonly region: string;
  readonly size: string;
  readonly market: Market;
  readonly provisioning: {
    readonly orders: number;
    /** Of the orders, 0..1. */
    readonly success: number | null;
    /** Of those that succeeded, s: half took no longer, and 95 of 100. */
    readonly median: number | null;
    readonly p95: number | null;
  };
  readonly availability: {
    /** Of the time watched, 0..1. */
    readonly observed: number | null;
    /** Machine-hours watched, and of these those without an answer. */
    readonly hours: number;
    readonly down: number;
    readonly machines: number;
  };
  /** What machines measured of their computing power (docs/selection.md, What was observed): the median over those that did. */
  readonly performance: { readonly observed: number | null; readonly machines: number };
  /** Of guarantees of its machines, or of a group that had some of them. */
  readonly violations: number;
  /** When the last of it was seen. */
  readonly asOf: string;
}

const hour = 3_600_000;
/** So many orders of each size at most are looked at, the newest. */
const mostOrders = 20_000;

/** The statistics that were asked for, by vendor, region, size and market. */
export async function statistics(
  tables: Kysely<AgencyTables>,
  query: StatisticsQuery,
  { over, now }: Pick<StatisticsSettings, 'over'> & { readonly now: number },
): Promise<readonly Statistic[]> {
  const facts = { orders: await orders(tables, query, now - over), uptimes: await uptimes(tables, query, now - over) };
  const breaches = await breachesOf(tables, query, now - over);
  const powers = await powersBy(tables, counted, { since: now - over, query });
  const keys = new Map([...facts.orders, ...facts.uptimes, ...breaches, ...powers].map((row) => [keyOf(row), row]));
  return [...keys]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { vendor, region, size, market }]) => {
      const own = facts.orders.filter((row) => keyOf(row) === key);
      const uptime = facts.uptimes.find((row) => keyOf(row) === key);
      const breach = breaches.find((row) => keyOf(row) === key);
      const power = powers.find((row) => keyOf(row) === key);
      const seen = [...own.map(({ at }) => at), uptime?.as_of ?? 0, breach?.at ?? 0, power?.at ?? 0];
      return {
        ...{ vendor, region, size, market },
        provisioning: provisioningOf(own),
        availability: availabilityOf(uptime),
        performance: performanceOf(power),
        violations: breach?.count ?? 0,
        asOf: isoTime(Math.max(...seen)),
      };
    });
}

const counted = ['vendor', 'region', 'size', 'market'] as const;
const keyOf = ({ vendor, region, size, market }: Pick<Statistic, (typeof counted)[number]>): string =>
  `${vendor}\n${region}\n${size}\n${market}`;

async function orders(tables: Kysely<AgencyTables>, query: StatisticsQuery, since: number) {
  return await tables
    .selectFrom('provisioning')
    .select([...counted, 'took', 'at'])
    .where('at', '>=', since)
    .where((where) => where.and(asked(query)))
    .orderBy('at', 'desc')
    .limit(mostOrders)
    .execute();
}

async function uptimes(tables: Kysely<AgencyTables>, query: StatisticsQuery, since: number) {
  return await tables
    .selectFrom('uptime')
    .select((select) => [
      ...counted,
      select.fn.sum<number | string>('watched').as('watched'),
      select.fn.sum<number | string>('down').as('down'),
      select.fn.count<number>('placement').distinct().as('machines'),
      select.fn.max('as_of').as('as_of'),
    ])
    .where('day', '>=', since)
    .where((where) => where.and(asked(query)))
    .groupBy(counted)
    .execute();
}

async function breachesOf(tables: Kysely<AgencyTables>, query: StatisticsQuery, since: number) {
  return await tables
    .selectFrom('breach')
    .select((select) => [...counted, select.fn.countAll<number>().as('count'), select.fn.max('at').as('at')])
    .where('at', '>=', since)
    .where((where) => where.and(asked(query)))
    .groupBy(counted)
    .execute();
}

function provisioningOf(rows: readonly { readonly took: number | null }[]): Statistic['provisioning'] {
  const took = rows.flatMap((row) => row.took ?? []).sort((a, b) => a - b);
  const at = (share: number) => (took.length === 0 ? null : (took[Math.ceil(share * took.length) - 1] ?? 0) / 1_000);
  return {
    orders: rows.length,
    success: rows.length === 0 ? null : took.length / rows.length,
    median: at(0.5),
    p95: at(0.95),
  };
}

/** PostgreSQL tells sums of integers as text. */
interface Watched {
  readonly watched: number | string;
  readonly down: number | string;
  readonly machines: number;
}

function availabilityOf(uptime: Watched | undefined): Statistic['availability'] {
  const [watched, down] = [Number(uptime?.watched ?? 0), Number(uptime?.down ?? 0)];
  return {
    observed: watched === 0 ? null : 1 - down / watched,
    hours: watched / hour,
    down: down / hour,
    machines: uptime?.machines ?? 0,
  };
}

function performanceOf(power: Power | undefined): Statistic['performance'] {
  return { observed: power?.value ?? null, machines: power?.machines ?? 0 };
}
