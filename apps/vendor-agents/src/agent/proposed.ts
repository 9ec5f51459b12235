import type { CfpMessage } from '@cloud-agency/bus';
import { type OfferTable, type Quota, standsAtAnyPrice } from '@cloud-agency/sla';

/** A whole proposal: what it was made from, all of it at one share of the list prices. */
export interface Proposed {
  readonly id: string;
  readonly table: OfferTable;
  readonly quotas: readonly Quota[];
  readonly level: number;
}

/** Conversations whose last whole proposal is kept at hand. */
const kept = 500;
/** Prices are in billionths of a USD: two that differ by less than this, USD an hour, can become the same. */
const finest = 2e-9;

/**
 * The latest whole proposals of an agent, so that those of later rounds need only tell how much their prices have come down. A loss of it costs a
 * longer answer and nothing else.
 */
export class Proposals {
  private readonly latest = new Map<string, Proposed>();

  keep({ conversation }: CfpMessage, proposed: Proposed): void {
    this.latest.delete(conversation);
    this.latest.set(conversation, proposed);
    const [oldest] = this.latest.keys();
    if (this.latest.size > kept && oldest !== undefined) this.latest.delete(oldest);
  }

  /** The proposal that an answer from this table at this level would be, but for its prices; undefined where it may differ. */
  like(cfp: CfpMessage, now: Omit<Proposed, 'id'>): Proposed | undefined {
    const before = this.latest.get(cfp.conversation);
    if (before === undefined || before.id !== cfp.holds || before.table !== now.table) return undefined;
    if (!standsAtAnyPrice(cfp.demand) || !isSame(before.quotas, now.quotas)) return undefined;
    return now.table.leastGap * Math.min(before.level, now.level) > finest ? before : undefined;
  }
}

const isSame = (before: readonly Quota[], now: readonly Quota[]): boolean => JSON.stringify(before) === JSON.stringify(now);
