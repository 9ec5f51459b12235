import type { Kysely } from 'kysely';
import { newestSince, positionOf, presentSeries } from '../store/sample-log.js';
import type { MonitorTables } from '../store/tables.js';
import type { Commits } from './commits.js';
import type { Intake } from './intake.js';
import { Series } from './series.js';

/** Tells an intake that starts of the series that are in the store, each with the time of its newest sample. */
export async function remember(
  tables: Kysely<MonitorTables>,
  now: number,
  { intake, commits }: { readonly intake: Intake; readonly commits: Commits },
): Promise<void> {
  const since = await newestSince(tables, await positionOf(tables));
  for (const { id, newest_at: before, ...name } of await presentSeries(tables, now)) {
    const newest = since.get(id);
    const series = new Series(name, { id, newest: Math.max(before ?? -Infinity, newest ?? -Infinity) });
    intake.remember(series);
    if (newest !== undefined) commits.remember(series);
  }
}
