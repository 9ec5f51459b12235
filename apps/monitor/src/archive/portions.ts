import type { Span } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MonitorTables } from '../store/tables.js';
import type { RawSource } from './raw-source.js';

/** A statement holds the event loop up: so many samples, of whatever series, are read by one. */
const samplesAtOnce = 2_000;

/** A time in parts with so few samples that each can be read at once. Others have their turn between two of them. */
export async function* portionsOf(
  source: Pick<RawSource, 'portion'>,
  tables: Kysely<MonitorTables>,
  { from, until }: Span,
): AsyncGenerator<Span> {
  for (let at = from; at < until;) {
    const end = await source.portion(tables, at, until, samplesAtOnce);
    yield { from: at, until: end };
    at = end;
    await nextTurn();
  }
}
