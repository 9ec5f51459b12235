import type { CfpMessage } from '@cloud-agency/bus';
import type { Account } from '@cloud-agency/runtime';
import { cheapestFor, type OfferGroup, type OfferTable, type ProvidesImage, readTactic, situationOf } from '@cloud-agency/sla';

export interface ConcessionOptions {
  readonly agent: string;
  readonly tactic: Account['tactic'];
  readonly providesImage: ProvidesImage;
  /** How much of what the account may have in a region is free, 0..1; null: unknown. */
  readonly free: () => Promise<(region: string) => number | null>;
}

/** So many versions of the current offers are kept, by what was conceded. */
const kept = 8;

/** What the account takes off its list prices, round by round, by its tactic. Keeps nothing of a negotiation: what it was told comes with each call. */
export class Concession {
  private readonly conceding: ReturnType<typeof readTactic> | undefined;
  private readonly made = new Map<string, OfferTable>();
  private of: OfferTable | undefined;

  constructor(private readonly options: ConcessionOptions) {
    this.conceding = options.tactic === undefined ? undefined : readTactic(options.tactic);
  }

  /** The share of its list prices that each block of offers is at in this round. */
  async levels(cfp: CfpMessage, table: OfferTable): Promise<readonly number[]> {
    const { conceding } = this;
    if (!conceding) return table.blocks.map(() => 1);
    const free = await this.options.free();
    const { agent, providesImage } = this.options;
    const called = { ...cfp, agent };
    const situation = situationOf(called, (need) => cheapestFor(table, need, cfp.demand, providesImage));
    return table.blocks.map(({ stand }) => conceding.level(situation, { ...stand, free: free(stand.region) }));
  }

  /** The offers at these levels; those conceded tell their list price as well. */
  at(levels: readonly number[], table: OfferTable): OfferTable {
    if (levels.every((level) => level === 1)) return table;
    if (this.of !== table) this.made.clear();
    this.of = table;
    const key = levels.join(' ');
    const made = this.made.get(key) ?? table.conceded(levels);
    this.made.delete(key);
    this.made.set(key, made);
    const [oldest] = this.made.keys();
    if (this.made.size > kept && oldest !== undefined) this.made.delete(oldest);
    return made;
  }

  /** The share of its list price below which an offer of this kind has never been made. */
  lowest(group: OfferGroup): number {
    return this.conceding?.lowest(group) ?? 1;
  }
}
