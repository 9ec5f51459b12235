import { AgencyError } from '@cloud-agency/errors';
import type { Traffic } from '../documents/call.js';
import { placeKey } from '../vocabulary/place.js';
import { pairVolume } from './cost.js';
import { type Draft, ones } from './draft.js';
import type { Term } from './linear.js';
import type { Egress } from './offer.js';

/** Of two items with traffic between them one may have so many machines at most. */
const fewer = 20;

const levels = [
  { over: 'vendor', saves: ({ internet, region }: Egress) => internet - region },
  { over: 'region', saves: ({ region, zone }: Egress) => region - zone },
  { over: 'zone', saves: ({ zone }: Egress) => zone },
] as const;

/**
 * What traffic between machines that are not fixed costs, exactly. The candidates' own cost has every pair of them pay the internet's rate
 * (candidates.ts); here each place gives back what the pairs that meet in it save: the vendor's rate instead of the internet's, the region's
 * instead of that, and so on. So columns grow with the places, not with their pairs. A place's saving is its senders' times its receivers'
 * number; the smaller of the two is counted out in columns of 0 or 1, which makes each product linear.
 *
 * Throws AgencyError `unsupported` when both items have more than 20 machines.
 */
export function trafficRows(draft: Draft): void {
  for (const flow of draft.problem.demand.traffic ?? []) {
    const [senders, receivers] = [flow.from, flow.to].map((name) => draft.problem.items[draft.indexOf(name)]?.need.count ?? 0);
    if (Math.min(senders ?? 0, receivers ?? 0) > fewer) throw tooMany(flow);
    for (const level of levels) meetings(draft, flow, level);
  }
}

function tooMany({ from, to }: Traffic): AgencyError {
  return new AgencyError('unsupported', {
    path: 'traffic',
    message: `traffic between ${from} and ${to} can be planned when one of them has at most ${fewer} machines. Split one into items of at most ${fewer}, or leave this traffic out.`,
  });
}

function meetings(draft: Draft, flow: Traffic, { over, saves }: (typeof levels)[number]): void {
  const receivers = draft.grouped(draft.indexOf(flow.to), ({ offer }) => placeKey(offer, over));
  const pair = pairVolume(draft.problem.demand, flow);
  for (const [place, from] of draft.grouped(draft.indexOf(flow.from), ({ offer }) => placeKey(offer, over))) {
    const to = receivers.get(place) ?? [];
    if (to.length === 0) continue;
    const rates = from.map((column) => ({ column, rate: pair * savedAt(draft, column, saves) }));
    for (const sign of [1, -1] as const) {
      const own = rates.filter(({ rate }) => rate * sign > 0).map(({ column, rate }) => ({ column, rate: rate * sign }));
      if (own.length > 0) products(draft, { from: own, to, sign });
    }
  }
}

function savedAt({ candidates }: Draft, column: number, saves: (egress: Egress) => number): number {
  const egress = candidates[column]?.offer.egress;
  return egress ? saves(egress) : 0;
}

interface Meeting {
  /** USD a month that one machine of the column saves with each receiver, above 0. */
  readonly from: readonly { readonly column: number; readonly rate: number }[];
  readonly to: readonly number[];
  /** -1: these vendors charge more for the nearer pair, and `rate` is how much. */
  readonly sign: 1 | -1;
}

function products(draft: Draft, { from, to, sign }: Meeting): void {
  const [senders, receivers] = [draft.most(from.map(({ column }) => column)), draft.most(to)];
  if (receivers <= senders) {
    const most = mostOf(draft, from);
    for (const counted of counters(draft, ones(to), receivers, sign)) product(draft, scaled(from, most), counted, sign * most);
    return;
  }
  for (const rate of new Set(from.map((each) => each.rate))) {
    const own = from.filter((each) => each.rate === rate).map(({ column }) => column);
    for (const counted of counters(draft, ones(own), draft.most(own), sign))
      product(
        draft,
        scaled(
          ones(to).map(({ column }) => ({ column, rate: 1 })),
          receivers,
        ),
        counted,
        sign * rate * receivers,
      );
  }
}

/** What these columns can have together at most, each worth its rate. */
function mostOf(draft: Draft, from: Meeting['from']): number {
  return draft.most(from.map(({ column }) => column)) * from.reduce((most, { rate }) => Math.max(most, rate), 0);
}

function scaled(from: Meeting['from'], unit: number): readonly Term[] {
  return from.map(({ column, rate }) => ({ column, coefficient: rate / unit }));
}

/**
 * Columns of 0 or 1 that are as many as the machines there; a single one is its own. Cost is only ever minimised or bounded above, so a saving is
 * never understated: that no more are 1 than there are machines is enough, and for a surcharge that no fewer are.
 */
function counters(draft: Draft, machines: readonly Term[], most: number, sign: 1 | -1): readonly (readonly Term[])[] {
  if (most <= 1) return most === 1 ? [machines] : [];
  const columns = Array.from({ length: most }, () => draft.helper());
  const negative = columns.map((column) => ({ column, coefficient: -1 }));
  draft.add([...machines, ...negative], sign === 1 ? '>=' : '<=', 0);
  return columns.map((column) => [{ column, coefficient: 1 }]);
}

/** A saving (or surcharge) of `amount × part` while `counted` is 1, where part is 0..1: one-sided for the same reason. */
function product(draft: Draft, part: readonly Term[], counted: readonly Term[], amount: number): void {
  const saved = draft.fraction(-amount);
  const less = [{ column: saved, coefficient: -1 }];
  if (amount > 0) {
    draft.add([...part, ...less], '>=', 0);
    draft.add([...counted, ...less], '>=', 0);
    return;
  }
  draft.add([...merged([...part, ...counted]), ...less], '<=', 1);
}

/** A column once in a row, though it stands on both sides. */
function merged(terms: readonly Term[]): readonly Term[] {
  const byColumn = new Map<number, number>();
  for (const { column, coefficient } of terms) byColumn.set(column, (byColumn.get(column) ?? 0) + coefficient);
  return [...byColumn].map(([column, coefficient]) => ({ column, coefficient }));
}
