/** How far an agent's best offer for an item is from being the one to take, as a share of its price: < 5 %, 5–15 %, > 15 % (CFP.md 3). */
export const gapBands = ['near', 'middle', 'far'] as const;
export type GapBand = (typeof gapBands)[number];

/**
 * What one agent is told of one item before the next round: the client's reservation value where the client publishes it, else the band of
 * the gap. Never another vendor's price, and nothing of an item that the agent would win as it is.
 */
export type Ask =
  | { readonly item: string; readonly attribute: 'price'; readonly reservation: number }
  | { readonly item: string; readonly attribute: 'price'; readonly gap: GapBand };

/** A counter-offer: what the negotiator answers one agent's offers of a round with. */
export interface Counter {
  /** The round whose offers it answers. */
  readonly round: number;
  /** Empty: the agent would win every item that it has offers for. */
  readonly asks: readonly Ask[];
}

/** Where each band ends: a cut of so much closes a gap of it for sure. No cut does that for `far`. */
export const bandEnds = { near: 0.05, middle: 0.15 } as const;

/** The band of a gap, a share of the agent's own price. */
export function bandOf(gap: number): GapBand {
  if (gap < bandEnds.near) return 'near';
  return gap <= bandEnds.middle ? 'middle' : 'far';
}
