/** A guarantee that is judged by samples, by definition. */
import type { Slices, Span } from '@cloud-agency/sla';
import { beginning, lengthOf, windowAt } from '../../../../libs/sla/test/brute-sampled.js';
import { judged, type Judged, type Kept } from '../../../../libs/sla/test/brute-statistics.js';
import { countsAt, edgesOf, isIn, lasting, reachingBack } from '../../../../libs/sla/test/brute-times.js';
import { pairsIn } from '../../../../libs/sla/test/clock-stories.js';
import { type Look, NaiveTerm, type Question } from './naive-term.js';
import { type Fact, signed } from './taking-in.js';

interface Numbered extends Kept {
  readonly order: number;
}

/** A window as it is looked at. */
interface View {
  readonly own: readonly Numbered[];
  readonly from: number;
  readonly now: number;
  /** Whoever waits for some does not look at what comes later. */
  readonly end: number;
  readonly pauses: readonly Span[];
}

export class NaiveSamples extends NaiveTerm {
  private readonly kept: Numbered[] = [];
  private readonly seen = new Map<string, number[]>();
  private readonly totals = new Map<string, { readonly at: number; readonly value: number }>();
  private coveredUntil = -Infinity;

  look(question: Question): Look {
    const { over } = this.guarantee;
    const { now, when, order } = question;
    const pauses = this.pausesAt(when, true);
    const { from } = windowAt(over, now, pauses);
    const end = now < when ? this.endOfUnit(now, from) : Infinity;
    const view = { own: this.kept.filter((one) => one.order <= order), from, now, end, pauses };
    const seen = this.judgedSince(from, view);
    const hasBurns = seen.bad !== undefined && seen.bad.share > 0;
    return {
      found: this.found(seen, question, view),
      measured: Number.isNaN(seen.measured) ? null : seen.measured,
      burns: () =>
        hasBurns ? pairsIn(lengthOf(over)).map(([long, short]) => [this.burn(long, view), this.burn(short, view)] as const) : [],
    };
  }

  protected hear(fact: Fact, read: number): void {
    const { machine, at, order, came } = fact;
    if (at < windowAt(this.guarantee.over, came, this.pausesAt(came, true)).from) return;
    const key = `${machine} ${String(read)}`;
    const isTaken = this.promise.counters[read] ? this.count(fact, key, read) : this.gauge(fact, key, read);
    if (isTaken) this.heard.push({ machine, at, order });
  }

  private gauge({ at, value, order, came }: Fact, key: string, read: number): boolean {
    if (value < 0 && !signed.includes(this.promise.reads[read] ?? '')) return false;
    const before = this.seen.get(key) ?? [];
    if (before.filter((one) => one > at).length >= 32) return false;
    this.seen.set(key, [...before, at]);
    if (this.counts(at, came)) this.kept.push({ read, at, value, elapsed: 0, order });
    return true;
  }

  private count({ at, value, order, came }: Fact, key: string, read: number): boolean {
    const before = this.totals.get(key);
    if (before && at <= before.at) return false;
    this.totals.set(key, { at, value });
    const pauses = this.pausesAt(came, this.promise.addsUp);
    const isOverPause = pauses.some(({ from, until }) => from < at && until > (before?.at ?? at));
    if (!before || isOverPause || !this.counts(at, came)) return true;
    const growth = value < before.value ? value : value - before.value;
    const elapsed = Math.max(0, at - Math.max(before.at, this.coveredUntil));
    this.coveredUntil = Math.max(this.coveredUntil, at);
    this.kept.push({ read, at, value: growth, elapsed, order });
    return true;
  }

  /** From when units are counted: those of a calendar window from its beginning. */
  private originOf(from: number): number {
    return typeof this.guarantee.over === 'number' ? 0 : from;
  }

  private endOfUnit(now: number, from: number): number {
    const unit = Math.max(1, Math.ceil(lengthOf(this.guarantee.over) / 43_200));
    const origin = this.originOf(from);
    return origin + (Math.floor((now - origin) / unit) + 1) * unit;
  }

  private judgedSince(since: number, { own, from, now, end }: View): Judged {
    const { slices, over } = this.guarantee;
    const begin = beginning(since, now, this.originOf(from), lengthOf(over));
    const inWindow = { from: begin, until: slices ? now : end };
    return slices
      ? this.judgedBySlices(slices, own, inWindow, this.originOf(from))
      : judged(
          this.promise,
          own.filter(({ at }) => isIn([inWindow], at)),
        );
  }

  /** Those that are over, and in which anything was measured. */
  private judgedBySlices({ each, atLeast = 1 }: Slices, own: readonly Numbered[], window: Span, origin: number): Judged {
    const indexOf = (at: number): number => Math.floor((at - origin) / each);
    const indices = [...new Set(own.map(({ at }) => indexOf(at)))].filter(
      (index) => origin + index * each >= window.from && origin + (index + 1) * each <= window.until,
    );
    const slices = indices
      .map((index) =>
        judged(
          this.promise,
          own.filter(({ at }) => indexOf(at) === index),
        ),
      )
      .filter(({ samples, measured }) => samples > 0 && !Number.isNaN(measured));
    const [of, is] = [slices.length, slices.filter(({ broken }) => broken(0)).length];
    const share = 1 - atLeast;
    return {
      samples: of,
      measured: of === 0 ? NaN : (of - is) / of,
      broken: (margin) => (margin > 0 ? is > share * of * (1 - margin) + 1e-9 : (of - is) / of < atLeast - 1e-12),
      bad: { is, of, share, allowed: share * of },
    };
  }

  private burn(length: number, view: View): number {
    const { bad } = this.judgedSince(Math.max(view.from, reachingBack(view.now, length, view.pauses)), view);
    return bad && bad.of > 0 ? bad.is / bad.of / bad.share : 0;
  }

  private found(seen: Judged, question: Question, { from, pauses }: View): Look['found'] {
    const { missing } = this.guarantee;
    if (missing?.as === 'fails' && this.silence(question, pauses) > missing.after) return 'bad';
    if (!this.isEnough(seen, from)) return missing?.as === 'passes' ? 'good' : 'unknown';
    return this.foundOf(seen.broken);
  }

  private isEnough({ samples, measured }: Judged, from: number): boolean {
    const { least, isToReach } = this.promise;
    return samples >= least && !Number.isNaN(measured) && !(isToReach && this.begun > from);
  }

  /** For how much of the time in which it holds there was no sample of any machine. */
  private silence({ now, order }: Question, pauses: readonly Span[]): number {
    const newest = Math.max(this.begun, ...this.machines.map((machine) => this.heardUntil(machine, order)));
    if (now <= newest) return 0;
    const span = { from: newest, until: now };
    return lasting(span, (at) => countsAt(this.times, at) && !isIn(pauses, at), [...this.turns(span), ...edgesOf(pauses)]);
  }
}
