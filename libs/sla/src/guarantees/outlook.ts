import type { Guarantee } from '../documents/guarantee.js';
import { burnRisk, burnsOf } from './burn.js';
import { type Finding, Judge } from './judge.js';
import { type Shown, shownIn, shownValue } from './shown.js';
import { Trend } from './trend.js';
import type { Burn, Forecast, GuaranteeState, Risk, Verdict } from './verdict.js';
import { type Window, windowLength } from './window.js';

/** What was seen in a window. */
export interface Look extends Pick<Verdict, 'samples' | 'from' | 'side' | 'budget'> {
  readonly finding: Finding;
  readonly window: Window;
  /** Both as the guarantee has them, fractions as fractions. */
  readonly measured: number | null;
  readonly wanted: number;
  /** How fast the budget was spent over so many ms until now, 1 being even; undefined without one. */
  readonly rateOver?: (length: number) => number;
}

/** From looks to verdicts: the state, and what is to be expected. */
export class Outlook {
  private readonly judge: Judge;
  private readonly trend: Trend;
  private readonly shown: Shown;
  private readonly length: number;

  constructor(
    private readonly guarantee: Guarantee,
    state: GuaranteeState,
    past?: OutlookPast,
  ) {
    this.judge = new Judge(guarantee.recover, state, past?.goodSince);
    this.length = windowLength(guarantee);
    this.trend = new Trend(this.length, past?.trend);
    this.shown = shownIn(guarantee);
  }

  get state(): GuaranteeState {
    return this.judge.state;
  }

  verdict(look: Look, now: number): Verdict {
    const { finding, window, measured, wanted, side, budget, samples, from, rateOver } = look;
    const state = this.judge.next(finding, now);
    const forecast = this.forecast(look, now);
    const burns = rateOver ? burnsOf(this.length, rateOver) : [];
    return {
      state,
      wanted: shownValue(wanted, this.shown),
      side,
      measured: measured === null ? null : shownValue(measured, this.shown),
      unit: this.shown.unit,
      samples,
      from,
      budget,
      burns,
      atRisk: state === 'fulfilled' ? this.risk(burns, forecast, window, now) : null,
      forecast,
    };
  }

  /** Another period has begun: what was before leads nowhere. */
  restart(): void {
    this.trend.clear();
  }

  dump(): OutlookPast {
    return { goodSince: this.judge.dump, trend: this.trend.dump };
  }

  private forecast({ finding, budget, measured, wanted, side }: Look, now: number): Forecast | null {
    const value = budget ? budget.fraction : measured;
    if (value === null) return null;
    if (finding !== 'unknown') this.trend.note(now, value);
    return budget ? this.trend.towards(1, true, now) : this.trend.towards(wanted, side === 'at_most', now, this.shown.scale);
  }

  private risk(burns: readonly Burn[], forecast: Forecast | null, window: Window, now: number): Risk | null {
    const burning = burnRisk(burns);
    if (burning) return burning;
    const { over, horizon } = this.guarantee;
    const usual = typeof over === 'number' ? now + over / 10 : window.until;
    const until = horizon === undefined ? usual : now + horizon;
    const meets = forecast?.at ?? Infinity;
    return meets <= until ? { by: 'trend', at: meets } : null;
  }
}

export interface OutlookPast {
  readonly goodSince: number | null;
  readonly trend: readonly number[];
}
