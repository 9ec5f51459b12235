/** What comes to the monitor, and what happens to it: drawn, told to the real one, and kept for who judges by definition. */
import type { FindingMessage, MetricSample } from '@cloud-agency/bus';
import type { Watch } from '../../src/assessor/sample.js';
import { chance } from '../trace.js';
import { gathering, Trial } from '../trial.js';
import { type Draw, isDrawn, pick, whole } from './draw.js';
import { Machines, machines, type Source, sources } from './machines.js';
import type { Gap } from './naive-term.js';
import { type DrawnPromise, promiseFor, starts } from './promises.js';
import { type Fact, nonsense, TakingIn } from './taking-in.js';

const second = 1_000;
const minute = 60 * second;

/** When it is asked how things stand, and how many samples had come by then. */
interface Moment {
  readonly when: number;
  readonly order: number;
}

/** A finding, and when it was told, ms. */
export type Told = Pick<FindingMessage, 'finding' | 'resource' | 'guarantee' | 'risk' | 'violation'> & { readonly when: number };

export interface Outcome {
  readonly start: number;
  readonly promises: readonly DrawnPromise[];
  readonly facts: readonly Fact[];
  readonly gaps: readonly Gap[];
  /** Whenever samples came; while none did, every few seconds. */
  readonly moments: readonly Moment[];
  readonly told: readonly Told[];
}

export async function play(seed: number, steps: number): Promise<Outcome> {
  const next = chance(Math.imul(seed, 0x9e3779b1));
  const start = pick(next, starts);
  const promises = Array.from({ length: 8 }, () => promiseFor(next, start));
  const trial = await Trial.open(start, [watching(promises, 1, [])]);
  const story = new Story(next, start, promises, trial);
  for (let step = 0; step < steps; step += 1) await story.step();
  return await story.close();
}

const watching = (promises: readonly DrawnPromise[], version: number, pauses: NonNullable<Watch['pauses']>): Watch => ({
  ...{ agreement: 'shop', version, active: true, probes: [], pauses },
  resources: machines.map((resource) => ({ resource, item: 'web', placement: `${resource}-1`, address: '127.0.0.1' })),
  guarantees: promises.map(({ guarantee }) => guarantee),
});

interface Batch {
  readonly isLate: boolean;
  readonly samples: readonly MetricSample[];
}

class Story {
  private version = 1;
  private readonly gaps: Gap[] = [];
  private readonly moments: Moment[] = [];
  private readonly takingIn = new TakingIn();
  private readonly machines: Machines;
  /** What was measured by those who are cut off, and until when they are. */
  private readonly cutOff = new Map<Source, { readonly until: number; readonly samples: readonly MetricSample[] }>();

  constructor(
    private readonly next: Draw,
    private readonly start: number,
    private readonly promises: readonly DrawnPromise[],
    private readonly trial: Trial,
  ) {
    this.machines = new Machines(next);
  }

  async step(): Promise<void> {
    const { next } = this;
    await this.pass(pick(next, [5, 10, 10, 20, 20, 40, 60, 150]) * second + whole(next, 3) * 137);
    const drawn = next();
    if (drawn < 0.04) await this.restart();
    else if (drawn < 0.055) await this.suspend();
    else if (drawn < 0.07) await this.jump();
    const come = sources.map((source) => ({ source, batch: this.measured(source) }));
    // What one who was cut off sends comes by itself.
    for (const one of come) if (one.batch.isLate) await this.send([one]);
    await this.send(come.filter(({ batch }) => !batch.isLate));
  }

  async close(): Promise<Outcome> {
    await this.pass(2 * second);
    const { trial, start, promises, gaps, moments } = this;
    const rows = await trial.tables.selectFrom('outbox').select('body').orderBy('conversation').orderBy('sequence').execute();
    await trial.close();
    const told = rows.map(({ body }) => {
      const { at, ...finding } = JSON.parse(body) as FindingMessage;
      return { ...finding, when: Date.parse(at) };
    });
    return { start, promises, facts: this.takingIn.facts, gaps, moments, told };
  }

  private get now(): number {
    return this.trial.clock.now();
  }

  private async pass(ms: number): Promise<void> {
    const from = this.now;
    await this.trial.pass(ms);
    for (let at = from + 10 * second; at < this.now; at += 10 * second) this.mark(at);
    this.mark();
  }

  private mark(when = this.now): void {
    this.moments.push({ when, order: this.takingIn.facts.length });
  }

  private async restart(): Promise<void> {
    // What was found is on disk by then: a crash that loses it is another story (killed.spec.ts).
    for (let turn = 0; turn < 6; turn += 1) await this.trial.pass(1);
    await (isDrawn(this.next, 0.5) ? this.trial.crash() : this.trial.stop());
    await this.trial.start(pick(this.next, [0, 0, 3 * second, 2 * minute, 10 * minute]));
    this.takingIn.restart();
    await this.noteAbsences();
  }

  private async jump(): Promise<void> {
    this.trial.clock.step(pick(this.next, [7 * second, minute, 8 * minute]));
    await this.trial.pass(second);
    await this.noteAbsences();
  }

  private async suspend(): Promise<void> {
    const { trial, now: from } = this;
    trial.watches = [];
    await trial.assessing.desk.look();
    await trial.pass(pick(this.next, [10 * second, 3 * minute, 15 * minute]));
    this.gaps.push({ from, until: this.now, known: from, away: false });
    this.version += 1;
    trial.watches = [
      watching(
        this.promises,
        this.version,
        this.gaps.filter(({ away }) => !away).map(({ from, until }) => ({ from, until })),
      ),
    ];
    await trial.assessing.desk.look();
    await this.noteAbsences();
  }

  /** When nobody was there the monitor knows best. */
  private async noteAbsences(): Promise<void> {
    const rows = await this.trial.tables.selectFrom('away').selectAll().execute();
    for (const { from_at: from, until_at: until } of rows)
      if (!this.gaps.some((gap) => gap.away && gap.from === from)) this.gaps.push({ from, until, known: until, away: true });
    this.mark();
  }

  /** What comes of a source now: nothing while it is cut off, and all of it after that. */
  private measured(source: Source): Batch {
    const { next, now } = this;
    const samples = machines.flatMap((machine) => (isDrawn(next, 0.85) ? this.machines.samplesOf(machine, source, now) : []));
    const cut = this.cutOff.get(source);
    if (!cut && !isDrawn(next, 0.02)) return { isLate: false, samples: this.disturbed(samples) };
    const { until, samples: before } = cut ?? { until: now + pick(next, [30 * second, 3 * minute]), samples: [] };
    const unsent = [...before, ...samples];
    if (now < until) this.cutOff.set(source, { until, samples: unsent });
    else this.cutOff.delete(source);
    return now < until ? { isLate: false, samples: [] } : { isLate: true, samples: this.disturbed(unsent) };
  }

  /** Some come twice, some out of order, and some are nonsense. */
  private disturbed(samples: readonly MetricSample[]): MetricSample[] {
    const { next } = this;
    const batch = [...samples, ...samples.filter(() => isDrawn(next, 0.05)), ...(isDrawn(next, 0.3) ? nonsense(this.now) : [])];
    if (isDrawn(next, 0.5)) return batch;
    const places = batch.map((sample) => ({ sample, place: next() }));
    return places.sort((a, b) => a.place - b.place).map(({ sample }) => sample);
  }

  private async send(come: readonly { readonly source: Source; readonly batch: Batch }[]): Promise<void> {
    const { trial, now } = this;
    const expected = come.map(({ source, batch }) => this.takingIn.take(source, batch.samples, now));
    const answers = come.map(({ source, batch }) => trial.assessing.intake.take(source, batch.samples));
    await trial.pass(gathering, gathering / 2);
    const taken = (await Promise.all(answers)).map((answer) => answer.taken);
    expect(taken).toEqual(expected);
    this.mark();
  }
}
