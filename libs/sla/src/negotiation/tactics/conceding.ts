import type { OfferGroup, Situation, StandingGroup } from './situation.js';
import type { Tactic } from './tactic.js';

/** What one account asks of its list prices, as a share of them: for a whole group alike, so that what is pruned inside it stays out (CFP.md 4). */
export interface Conceding {
  /** From `lowest` to 1, in ten-thousandths. */
  readonly level: (situation: Situation, group: StandingGroup) => number;
  /** Below this the account has promised nothing to anybody. */
  readonly lowest: (group: OfferGroup) => number;
}

/** All tactics together: what one leaves, the next takes its share of; the highest floor holds. */
export function conceding(tactics: readonly Tactic[]): Conceding {
  const floor = (group: OfferGroup) => tactics.reduce((highest, tactic) => Math.max(highest, tactic.floor(group)), 0);
  return {
    level: (situation, group) =>
      inTenThousandths(
        Math.max(
          floor(group),
          tactics.reduce((left, tactic) => left * (1 - tactic.off(situation, group)), 1),
        ),
      ),
    lowest: (group) =>
      Math.max(
        floor(group),
        tactics.reduce((left, tactic) => left * (1 - tactic.most(group)), 1),
      ),
  };
}

/** Upwards, lest it go below the floor: few different levels mean few different tables. */
const inTenThousandths = (level: number): number => Math.min(1, Math.ceil(level * 10_000 - 1e-6) / 10_000);
