/**
 * Penalties and rewards of one calendar month (UTC), from what was charged and what was violated in it. Amounts are USD, exact to the millionth and never
 * rounded up, so that what is credited never exceeds what it is a part of. Asked again with the same facts it gives the same entries.
 */
import { Decimal } from 'decimal.js';
import type { BusinessValue, Guarantee } from '../documents/call.js';
import { grouped } from '../grouped.js';
import { duration, type Interval, type Span } from '../guarantees/interval.js';

/** What a machine of an item costs for a time, USD an hour; `until` null: it still runs. */
export interface Charge extends Interval {
  readonly resource: string;
  readonly item: string;
  readonly price: number;
}

/** From when until when a guarantee was violated; resource null: as a group. */
export interface Violated extends Interval {
  readonly id: string;
  /** Index in `Account.guarantees`. */
  readonly guarantee: number;
  readonly resource: string | null;
}

/** A guarantee for one machine, or for all of its item together (resource null). */
export interface Subject {
  readonly guarantee: number;
  readonly resource: string | null;
}

/** All that is known of an agreement's guarantees. */
export interface Account {
  readonly guarantees: readonly Guarantee[];
  readonly violations: readonly Violated[];
  readonly charges: readonly Charge[];
  /** What is kept now, for how long it was kept already: only a guarantee kept for a whole month earns a reward. */
  readonly kept: readonly (Subject & { readonly during: readonly Interval[] })[];
}

export interface Entry extends Subject {
  /** penalty: credited to the client. reward: to the provider. */
  readonly kind: 'penalty' | 'reward';
  /** What it is for; a month's penalty names the first violation of the month. */
  readonly violation: string | null;
  /** USD, in decimal digits. */
  readonly amount: string;
}

/** A calendar month in UTC. */
export interface Month extends Span {
  /** e.g. `2026-11` */
  readonly name: string;
}

export function monthOf(instant: number): Month {
  const date = new Date(instant);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { name: date.toISOString().slice(0, 7), from: Date.UTC(year, month), until: Date.UTC(year, month + 1) };
}

/** The months that a span reaches into, in order. */
export function monthsOf({ from, until }: Span): readonly Month[] {
  const months: Month[] = [];
  for (let month = monthOf(from); month.from < until; month = monthOf(month.until)) months.push(month);
  return months;
}

/**
 * The entries of a month as far as it has gone by. The penalties of a month never exceed what the agreement cost in it; where they would, the more
 * important guarantees come first. Rewards are earned when the month is over.
 */
export function settle(account: Account, month: Month, now: number): readonly Entry[] {
  const span = { from: month.from, until: Math.min(month.until, now) };
  if (span.until <= span.from) return [];
  const purse = new Purse(chargeOf(account.charges, span));
  const penalties = byImportance(account.guarantees).flatMap((index) => penaltiesOf(account, index, { month, span }, purse));
  return now < month.until ? penalties : [...penalties, ...rewardsOf(account, span)];
}

/** What all of it cost in the span, USD: each machine to the millionth, so that what they cost together is what is told of each. */
export function chargeOf(charges: readonly Charge[], span: Span): Decimal {
  const machines = [...grouped(charges, ({ resource }) => resource).values()];
  return machines.reduce((total, own) => total.plus(costOf(own, span)), new Decimal(0));
}

const costOf = (charges: readonly Charge[], span: Span): Decimal =>
  charges
    .reduce((total, charge) => total.plus(new Decimal(charge.price).times(duration([charge], span))), new Decimal(0))
    .div(3_600_000)
    .toDecimalPlaces(6);

/** What entries of a kind come to, USD. */
export function totalOf(entries: readonly Pick<Entry, 'kind' | 'amount'>[], kind: Entry['kind']): Decimal {
  return entries.filter((entry) => entry.kind === kind).reduce((total, { amount }) => total.plus(amount), new Decimal(0));
}

/** What is left to credit. */
class Purse {
  constructor(private left: Decimal) {}

  take(wanted: Decimal): Decimal {
    const taken = Decimal.min(wanted, this.left).toDecimalPlaces(6, Decimal.ROUND_DOWN);
    this.left = this.left.minus(taken);
    return taken;
  }
}

function byImportance(guarantees: readonly Guarantee[]): readonly number[] {
  const importance = (index: number): number => guarantees[index]?.importance ?? 0;
  return guarantees.map((_, index) => index).sort((a, b) => importance(b) - importance(a) || a - b);
}

/** What has gone by of a month; who saw a violation may be ahead of who accounts for it. */
interface Elapsed {
  readonly month: Month;
  readonly span: Span;
}

function penaltiesOf(account: Account, index: number, { month, span }: Elapsed, purse: Purse): readonly Entry[] {
  const guarantee = account.guarantees[index];
  if (!guarantee?.penalty) return [];
  const { penalty } = guarantee;
  const violations = account.violations
    .filter((violation) => violation.guarantee === index && touches(violation, month, penalty.per))
    .sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
  const resources = [...new Set(violations.map(({ resource }) => resource))];
  return resources.flatMap((resource) => {
    const own = violations.filter((violation) => violation.resource === resource);
    const counted = penalty.per === 'month' ? own.slice(0, 1) : own;
    const charge = chargeOf(chargesOf(account.charges, guarantee, resource), span);
    const limit = new Purse(charge.times(penalty.cap));
    return counted.map((violation): Entry => {
      const amount = purse.take(limit.take(worth(penalty, charge)));
      return { kind: 'penalty', guarantee: index, resource, violation: violation.id, amount: amount.toFixed() };
    });
  });
}

/** A violation is charged in the month it was opened in; a month is spoilt by whatever was violated in it. */
function touches(violation: Violated, span: Span, per: BusinessValue['per']): boolean {
  if (violation.from >= span.until) return false;
  return per === 'violation' ? violation.from >= span.from : violation.until === null || violation.until > span.from;
}

const worth = (value: BusinessValue, charge: Decimal): Decimal =>
  'amount' in value ? new Decimal(value.amount) : charge.times(value.credit);

const chargesOf = (charges: readonly Charge[], { of }: Guarantee, resource: string | null): readonly Charge[] =>
  charges.filter((charge) => (resource === null ? charge.item === of : charge.resource === resource));

function rewardsOf(account: Account, span: Span): readonly Entry[] {
  return account.kept.flatMap(({ guarantee: index, resource, during }): readonly Entry[] => {
    const guarantee = account.guarantees[index];
    const charges = guarantee ? chargesOf(account.charges, guarantee, resource) : [];
    if (!guarantee?.reward || !isWhole(during, span) || !isWhole(charges, span)) return [];
    const spoilt = account.violations.some(
      (violation) => violation.guarantee === index && violation.resource === resource && touches(violation, span, 'month'),
    );
    if (spoilt) return [];
    const charge = chargeOf(charges, span);
    const amount = new Purse(charge.times(guarantee.reward.cap)).take(worth(guarantee.reward, charge));
    return [{ kind: 'reward', guarantee: index, resource, violation: null, amount: amount.toFixed() }];
  });
}

const isWhole = (intervals: readonly Interval[], span: Span): boolean => duration(intervals, span) === span.until - span.from;
