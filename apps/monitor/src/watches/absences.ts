import type { Span } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import type { Commits } from '../intake/commits.js';
import type { MonitorTables } from '../store/tables.js';

/** Only so many are known, the newest: more would slow every verdict down. */
const mostKnown = 100;
/** What is shorter is not worth mentioning, ms. */
const shortestMs = 100;
/** No window reaches farther back, ms. */
const forgottenAfterMs = 200 * 24 * 3_600_000;

/** When no monitor was there to see anything: what happened then, or did not come in, is held against no guarantee. */
export class Absences {
  private constructor(
    private readonly commits: Commits,
    private known: readonly Span[],
  ) {}

  /** @param seenAt when the last monitor committed something; 0: there was none. */
  static async open(tables: Kysely<MonitorTables>, commits: Commits, seenAt: number, now: number): Promise<Absences> {
    const rows = await tables.selectFrom('away').selectAll().orderBy('from_at', 'desc').limit(mostKnown).execute();
    // Where the clock was set back since, what is to come has not been missed.
    const spans = rows.reverse().map(({ from_at: from, until_at: until }) => ({ from, until: Math.min(until, now) }));
    const known = spans.filter(({ from, until }) => from < until);
    const absences = new Absences(commits, known);
    if (seenAt > 0) await absences.add({ from: seenAt, until: now });
    return absences;
  }

  get all(): readonly Span[] {
    return this.known;
  }

  async add({ from, until }: Span): Promise<void> {
    if (until - from < shortestMs) return;
    this.known = [...this.known, { from, until }].slice(-mostKnown);
    await this.commits.run(async (transaction) => {
      await transaction
        .insertInto('away')
        .values({ from_at: from, until_at: until })
        .onConflict((conflict) => conflict.column('from_at').doUpdateSet({ until_at: until }))
        .execute();
      await transaction
        .deleteFrom('away')
        .where('until_at', '<', until - forgottenAfterMs)
        .execute();
    });
  }
}
