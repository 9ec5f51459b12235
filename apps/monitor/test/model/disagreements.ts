/** What the monitor told, held against what it should have, by definition. */
import { NaiveSamples } from './naive-samples.js';
import type { Look, NaiveTerm } from './naive-term.js';
import { NaiveUptime } from './naive-uptime.js';
import type { Outcome, Told } from './story.js';

const second = 1_000;

/** What is wrong with what was told; nothing, if all is well. */
export function disagreements(outcome: Outcome): string[] {
  return outcome.promises.flatMap(({ guarantee }, index) => {
    const subjects = guarantee.scope.as === 'group' ? [undefined] : ['a', 'b'];
    return subjects.flatMap((resource) => {
      const wrong = new Subject(outcome, index, resource).wrong;
      return wrong.map((line) => `${String(index)}/${resource ?? 'group'} ${line}, of ${JSON.stringify(guarantee)}`);
    });
  });
}

type State = 'undefined' | 'fulfilled' | 'violated';

const leadsTo: Readonly<Record<string, State>> = {
  'sla.fulfilled': 'fulfilled',
  'sla.violated': 'violated',
  'sla.recovered': 'fulfilled',
};
/** By what has to be found. */
const told: Readonly<Record<string, readonly Look['found'][]>> = {
  'sla.violated': ['bad'],
  'sla.fulfilled': ['good', 'close'],
  'sla.recovered': ['good'],
};

interface LookedAt extends Pick<Look, 'found'> {
  readonly when: number;
  readonly order: number;
  readonly now: number;
}

class Subject {
  readonly wrong: string[] = [];
  private readonly term: NaiveTerm;
  private readonly told: readonly Told[];
  private readonly turns: readonly Told[];

  constructor(
    private readonly outcome: Outcome,
    private readonly index: number,
    resource: string | undefined,
  ) {
    const { promises, start, gaps, facts } = outcome;
    const promise = promises[index]!;
    const byTime = promise.guarantee.term === 'availability' && promise.guarantee.counted === undefined;
    this.term = new (byTime ? NaiveUptime : NaiveSamples)(promise, resource === undefined ? ['a', 'b'] : [resource], start, gaps);
    for (const fact of facts) this.term.take(fact);
    this.told = outcome.told.filter((one) => one.guarantee?.index === index && (one.resource ?? undefined) === resource);
    this.turns = this.told.filter(({ finding }) => leadsTo[finding]);
    this.inOrder();
    for (const one of this.told) if (one.finding !== 'sla.lasting') this.isTrue(one);
    this.isComplete();
  }

  private get guarantee() {
    return this.outcome.promises[this.index]!.guarantee;
  }

  private say(when: number, what: string): void {
    this.wrong.push(`${((when - this.outcome.start) / second).toFixed(3)} s ${what}`);
  }

  /** Each is told once: that it is open, then that it is closed. */
  private inOrder(): void {
    let state: State = 'undefined';
    const ids = new Set<string>();
    for (const { finding, when, violation } of this.told) {
      const isNew = !ids.has(violation?.id ?? '');
      const may: Readonly<Record<string, boolean>> = {
        'sla.violated': state !== 'violated' && isNew,
        'sla.fulfilled': state === 'undefined',
        'sla.recovered': state === 'violated' && !isNew,
        'sla.lasting': state === 'violated' && !isNew,
        'sla.at_risk': state === 'fulfilled',
      };
      if (!may[finding]) this.say(when, `${finding} while ${state}`);
      if (violation) ids.add(violation.id);
      state = leadsTo[finding] ?? state;
    }
  }

  private look(when: number, order: number): Look {
    return this.term.look({ now: this.term.judgedAt(when, order), when, order });
  }

  /** What may have been known when something was told: of what had just come all, or what was measured until some instant. */
  private looksAt(when: number): Look[] {
    const come = this.outcome.facts.filter(({ came }) => came <= when);
    const orders = [come.at(-1)?.order ?? 0, ...come.filter(({ came }) => came >= when - 20).map(({ order }) => order)];
    return [...new Set(orders.map((order) => this.term.newestOf(order)))].map((order) => this.look(when, order));
  }

  private isTrue({ finding, when, guarantee, risk }: Told): void {
    const looks = this.looksAt(when);
    if (finding === 'sla.at_risk') {
      this.isRisky(when, looks, risk);
      return;
    }
    const fitting = looks.filter(({ found }) => told[finding]?.includes(found));
    const measured = guarantee?.measured ?? null;
    if (fitting.length === 0) this.say(when, `${finding} (${String(measured)}), but ${JSON.stringify(looks.slice(0, 3))}`);
    else if (!fitting.some((look) => this.isAs(look, measured)))
      this.say(when, `measured ${String(measured)}, by definition ${JSON.stringify(fitting.map((one) => one.measured))}`);
  }

  private isRisky(when: number, looks: readonly Look[], risk: Told['risk']): void {
    if (risk?.by !== 'burn_rate') return;
    const { factor, rate } = risk;
    const isSo = looks.some(({ burns }) =>
      burns().some(([long, short]) => Math.abs(long - rate) < 1e-6 && Math.min(long, short) >= factor - 1e-9),
    );
    if (!isSo) this.say(when, `${JSON.stringify(risk)}, but ${JSON.stringify(looks.map(({ burns }) => burns()))}`);
  }

  /** What is shown: shares in percent, and percentiles of many values within 1 %. */
  private isAs({ measured: defined }: Look, measured: number | null): boolean {
    const { guarantee } = this;
    if (defined === null || measured === null) return true;
    const isShare = ['availability', 'error_rate', 'cpu_utilisation'].includes(guarantee.term) || guarantee.slices;
    const expected = isShare ? defined * 100 : defined;
    const isSketched = 'percentile' in guarantee && !guarantee.slices;
    return Math.abs(measured - expected) <= (isSketched ? Math.abs(expected) * 0.011 : 0) + 1e-6;
  }

  /** What has been so for long has been told, and a sample that breaks it breaks it at once. */
  private isComplete(): void {
    const looks: LookedAt[] = [];
    for (const { when, order: all } of this.outcome.moments) {
      const order = this.term.newestOf(all);
      const now = this.term.judgedAt(when, order);
      looks.push({ when, order, now, found: this.term.look({ now, when, order }).found });
      this.isNothingMissing(looks, this.stateAt(when));
    }
  }

  private isNothingMissing(looks: readonly LookedAt[], state: State): void {
    const { when } = looks.at(-1)!;
    if (state !== 'violated' && this.hasBeen(['bad'], 0, looks)) this.say(when, `${state}, but bad for long`);
    if (state !== 'violated' && this.hasJustBroken(looks)) this.say(when, `${state}, but what came made it bad`);
    if (state !== 'fulfilled' && this.hasMended(looks)) this.say(when, `${state}, but good for long`);
  }

  private hasMended(looks: readonly LookedAt[]): boolean {
    const { when, order } = looks.at(-1)!;
    const came = looks.findLast((one) => one.order !== order)?.when ?? when;
    return when - came > 15 * second && this.hasBeen(['good'], this.guarantee.recover?.after ?? 0, looks);
  }

  /** By what came, not by time: without that there would be enough to say that it is kept, or there was too little all along. */
  private hasJustBroken(looks: readonly LookedAt[]): boolean {
    const { when, order, now, found } = looks.at(-1)!;
    const before = looks.at(-2);
    if (found !== 'bad' || !before || before.order === order) return false;
    const without = this.term.look({ now, when, order: before.order }).found;
    return without === 'unknown' ? before.found === 'unknown' : without !== 'bad';
  }

  /** Whether it has been so for as long as it takes to be told, without a break. */
  private hasBeen(founds: readonly Look['found'][], after: number, looks: readonly LookedAt[]): boolean {
    const { delay } = this;
    const { when, now } = looks.at(-1)!;
    if (!founds.includes(looks.at(-1)!.found)) return false;
    const first = looks.findLastIndex((one) => one.when <= when - 2 * delay && one.now <= now - after - delay);
    const since = looks[first];
    if (!since || !looks.slice(first).every(({ found }) => founds.includes(found))) return false;
    const isTurning = this.turns.some((one) => one.when >= since.when && one.when <= when);
    return !isTurning && !this.outcome.gaps.some(({ from, until }) => from < when && until > since.when);
  }

  /** So long after time alone has changed something it is found, ms. */
  private get delay(): number {
    const { over, missing } = this.guarantee;
    const window = typeof over === 'number' ? over : Infinity;
    const silence = missing?.as === 'fails' ? missing.after : Infinity;
    return Math.max(second, Math.min(30 * second, window / 60, silence / 2)) + 2 * second;
  }

  private stateAt(when: number): State {
    const turn = this.turns.findLast((one) => one.when <= when);
    return (turn && leadsTo[turn.finding]) ?? 'undefined';
  }
}
