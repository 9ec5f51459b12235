/** `/history/` and `/statistics/`: what was measured of a resource, and what was seen of vendors; as JSON or CSV. */
import type { History, HistoryRequest } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import { type Clock, isoTime } from '@cloud-agency/runtime';
import { parseQuantity } from '@cloud-agency/sla';
import type { PriceChange } from '../statistics/prices.js';
import type { StatisticsQuery } from '../statistics/query.js';
import type { Statistic } from '../statistics/statistics.js';
import { contentType, type MediaType, negotiate } from './media.js';
import type { Answer, FrontRequest } from './message.js';
import { HistoryParameters, onlyParametersOf, StatisticsParameters } from './query-parameters.js';

export interface Measured {
  /** @throws AgencyError not-found for a resource that the tenant does not have, invalid-request, archive-unreachable. */
  history(request: HistoryRequest, tenant: string): Promise<History>;
  /** The same for everybody: nobody's machines can be told from it. */
  statistics(query: StatisticsQuery): Promise<readonly Statistic[]>;
  /** How list prices have changed, the newest first. */
  prices(query: StatisticsQuery): Promise<readonly PriceChange[]>;
}

interface Ports {
  readonly measured: Measured;
  readonly clock: Clock;
}

const served: readonly MediaType[] = ['application/json', 'text/csv'];
const usualMs = 3_600_000;

/** `?resource=&metric=`, and `from`, `until` (the last hour), `step` where they are given. */
export async function history({ query, headers, tenant }: FrontRequest, { measured, clock }: Ports): Promise<Answer> {
  const type = negotiate(headers.accept, served);
  const { resource = '', metric = '', from, until, step } = onlyParametersOf(HistoryParameters, query);
  const end = until === undefined ? clock.now() : timeOf('until', until);
  const begin = from === undefined ? end - usualMs : timeOf('from', from);
  const of = resource.replace(/^.*\//, '');
  const asked = { resource: of, metric, from: isoTime(begin), until: isoTime(end) };
  const found = await measured.history({ ...asked, ...(step !== undefined && { step: stepOf(step) }) }, tenant);
  return answered(type, { ...found, from: asked.from, until: asked.until }, () =>
    found.series.flatMap(({ source, points }) => points.map((point) => ({ source, ...point }))),
  );
}

/** `?vendor=&region=&size=` narrow it. */
export async function statistics({ query, headers }: FrontRequest, { measured }: Ports): Promise<Answer> {
  const type = negotiate(headers.accept, served);
  const found = await measured.statistics(onlyParametersOf(StatisticsParameters, query));
  return answered(type, { statistics: found }, () =>
    found.map(({ provisioning: { success, median, ...provisioning }, availability, performance, violations, asOf, ...of }) => ({
      ...of,
      orders: provisioning.orders,
      success,
      provisioning_median_s: median,
      provisioning_p95_s: provisioning.p95,
      availability: availability.observed,
      hours: availability.hours,
      down_hours: availability.down,
      machines: availability.machines,
      performance: performance.observed,
      performance_machines: performance.machines,
      violations,
      as_of: asOf,
    })),
  );
}

/** `/statistics/prices/`, narrowed in the same way. */
export async function prices({ query, headers }: FrontRequest, { measured }: Ports): Promise<Answer> {
  const type = negotiate(headers.accept, served);
  const found = await measured.prices(onlyParametersOf(StatisticsParameters, query));
  return answered(type, { prices: found }, () => found.map(({ commitment = 0, ...change }) => ({ ...change, commitment })));
}

type Row = Readonly<Record<string, string | number | null>>;

function answered(type: MediaType, content: object, rows: () => readonly Row[]): Answer {
  const body = type === 'text/csv' ? csv(rows()) : `${JSON.stringify(content)}\n`;
  return { status: 200, type: contentType(type), body };
}

/** RFC 4180, under the names of the first row. */
function csv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => cell(row[name] ?? '')))];
  return rows.length === 0 ? '' : lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/** A spreadsheet takes what begins like this for a formula; names of vendors and metrics are others' words. */
function cell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+@\t\r-]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function timeOf(name: string, text: string): number {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new AgencyError('invalid-request', {
    message: `'${name}' must be a time like 2026-03-01T12:00:00Z; it is '${text}'.`,
  });
}

function stepOf(text: string): number {
  try {
    const step = parseQuantity(text, 'duration');
    if (Number.isInteger(step) && step >= 1_000) return step;
  } catch {
    // Said below, for both.
  }
  throw new AgencyError('invalid-request', {
    message: `'step' must be a time of a second at least, e.g. 5 min or 1 h; it is '${text}'.`,
  });
}
