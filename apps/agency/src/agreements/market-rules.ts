import type { Call } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';

/** How often the market is asked for a rule that does not say. */
const everyHour = 3_600_000;

/** Writes down when the market is asked next for each rule on market.cheaper; what was written down before goes. */
export async function scheduleMarketWatch(work: Work, agreement: string, call: Call): Promise<void> {
  await work.tables.deleteFrom('market_watch').where('agreement', '=', agreement).execute();
  for (const [rule, { on, every = everyHour }] of call.reactions.entries()) {
    if (on !== 'market.cheaper') continue;
    await work.tables
      .insertInto('market_watch')
      .values({
        id: `${agreement}:${String(rule)}`,
        agreement,
        rule,
        every,
        next_at: work.now + every,
        lease_owner: null,
        lease_until: null,
        epoch: 0,
      })
      .execute();
  }
}
