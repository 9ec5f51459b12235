/**
 * A percentile with a lower bound lets fewer values be below it than its rank says; an objective lets so many. By so little more (a millionth of a percent) the
 * two are the same, for any window of less than a hundred million samples.
 */
const nudge = 1e-6;

/** The rank whose percentile is at least a value exactly when this share of all values is. */
export const atLeastRank = (target: number): number => Number(((1 - target) * 100 + nudge).toFixed(8));

/** The share that is promised by the percentile of a rank with a lower bound. */
export const targetOfRank = (rank: number): number => Number((1 - (rank - nudge) / 100).toFixed(10));
