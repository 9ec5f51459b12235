import type { Guarantee, Piece } from '@cloud-agency/sla';
import { Series } from '../intake/series.js';
import { Assessor, type Change, type Past } from './assessor.js';
import type { Finding } from './findings.js';
import type { Sample, Target, Watch } from './sample.js';
import type { Term, TermPast } from './term.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.parse('2026-03-01T00:00:00Z');
const nothing: Past = { machines: [], terms: [] };

const each: Guarantee = { term: 'availability', of: 'web', scope: { as: 'each' }, atLeast: 0.99, over: day };
const group: Guarantee = { term: 'availability', of: 'web', scope: { as: 'group', minUp: 2 }, atLeast: 0.99, over: day };
const quick: Guarantee = {
  term: 'response_time',
  of: 'web',
  scope: { as: 'each' },
  percentile: 95,
  atMost: 200,
  over: 5 * minute,
};

const target = (resource: string, placement = `${resource}-1`): Target => ({
  resource,
  item: 'web',
  placement,
  address: '127.0.0.1',
});

function watching(
  guarantees: readonly Guarantee[],
  resources: Target[] = [target('a'), target('b'), target('c')],
  version = 1,
): Watch {
  const probe = { of: 'web', http: 'http://{address}/', every: 10 * second, timeout: 2 * second, failures: 2 };
  return { agreement: 'agreement', version, active: true, resources, probes: [probe], guarantees: [...guarantees] };
}

type Answer = (resource: string, at: number) => number | null;
const healthy: Answer = () => 20;

/** An agreement, probed every ten seconds on a clock of its own. */
class Simulation {
  now = start;
  readonly findings: Finding[] = [];
  readonly changes: Change[] = [];
  readonly dirty = new Set<Term>();
  private readonly pieces = new Map<Term, Map<number, Piece>>();
  private assessor: Assessor;
  private ids = 0;

  constructor(
    private watch: Watch,
    past = nothing,
    at = start,
  ) {
    this.now = at;
    this.assessor = new Assessor(watch, past, at, {
      ids: { next: () => `violation-${String((this.ids += 1))}` },
      onDirty: (term) => void this.dirty.add(term),
      onTouch: () => undefined,
      onCatchUp: () => undefined,
    });
    this.collect();
  }

  run(duration: number, answer: Answer): this {
    for (const until = this.now + duration; this.now < until;) {
      this.now += 10 * second;
      for (const { resource, placement } of this.watch.resources) this.measure(this.sample(resource, placement, answer));
      this.assessor.assess(this.now);
      this.collect();
    }
    return this;
  }

  take(sample: Sample): void {
    this.measure(sample);
    this.assessor.settle(this.now);
    this.collect();
  }

  /** As the intake does: each series once at one time. */
  private measure(sample: Sample): void {
    const { resource, placement, probe, at, ok, milliseconds, detail } = sample;
    this.assessor.take(sample, this.now);
    if (placement !== this.watch.resources.find((target) => target.resource === resource)?.placement) return;
    const metrics = { up: ok ? 1 : 0, ...(milliseconds === null ? {} : { response_time: milliseconds }) };
    for (const [metric, value] of Object.entries(metrics)) {
      const series = new Series({ resource, placement, metric, source: 'probe', meter: String(probe) });
      for (const follower of this.assessor.followersOf(series)) follower.take(series, at, value, detail);
    }
  }

  /** What the store would give back. */
  remembered(): Past {
    for (const term of this.dirty) {
      const pieces = this.pieces.get(term) ?? new Map<number, Piece>();
      for (const piece of term.dump()) pieces.set(piece.key, piece);
      this.pieces.set(term, pieces);
    }
    const machines = new Map(this.changes.flatMap((change) => change.machines).map((machine) => [machine.resource, machine]));
    const terms = [...this.pieces].map(([term, pieces]): TermPast => ({
      ...term.remembered(),
      checkpoint: { batch: 1, pieces: [...pieces.values()] },
    }));
    return { machines: [...machines.values()], terms };
  }

  revise(watch: Watch): void {
    this.watch = watch;
    this.assessor.revise(watch, this.now);
    this.collect();
  }

  sample(resource: string, placement: string, answer: Answer): Sample {
    const milliseconds = answer(resource, this.now);
    return {
      resource,
      placement,
      probe: 0,
      at: this.now,
      ok: milliseconds !== null,
      milliseconds,
      detail: milliseconds === null ? 'refused' : 'HTTP 200',
    };
  }

  /** What was found, and how long after the start. */
  story(): string[] {
    const turns = this.findings.filter(({ finding }) => finding !== 'sla.lasting' && finding !== 'sla.at_risk');
    return turns.map(
      ({ finding, at, resource }) => `${String((Date.parse(at) - start) / second)} s ${finding}${resource ? ` ${resource}` : ''}`,
    );
  }

  measured(index: number, resource: string | null = null): number | null | undefined {
    return this.assessor.assessment(this.now).terms.find((term) => term.index === index && term.resource === resource)?.measured;
  }

  private collect(): void {
    const changes = this.assessor.takeChanges();
    this.changes.push(...changes);
    this.findings.push(...changes.flatMap(({ finding }) => finding ?? []));
  }
}

/** Down from `from` until `until`, in seconds after the start. */
const outage =
  (resource: string, from: number, until: number): Answer =>
  (of, at) => {
    const seconds = (at - start) / second;
    return of === resource && seconds >= from && seconds < until ? null : 20;
  };

describe('an agreement through a day', () => {
  it('says each thing once: fulfilled, down, violated when the allowance is spent, up, recovered', () => {
    const simulation = new Simulation(watching([each], [target('a')])).run(day + 2 * hour, outage('a', 3_600, 5_400));
    expect(simulation.story()).toEqual([
      '10 s sla.fulfilled a',
      '3610 s resource.down a',
      // 1 % of a day is 864 s, and it is down since 3600 s.
      '4470 s sla.violated a',
      '5400 s resource.up a',
      // By then 936 of the 1800 s of downtime have left the window.
      '90940 s sla.recovered a',
    ]);
  });

  it('proves what it says', () => {
    const { findings } = new Simulation(watching([each], [target('a')])).run(2 * hour, outage('a', 3_600, 5_400));
    const violated = findings.find(({ finding }) => finding === 'sla.violated');
    expect(findings[1]).toMatchObject({
      finding: 'resource.down',
      placement: 'a-1',
      samples: [{ ok: false }, { ok: false, detail: 'refused' }],
    });
    expect(violated).toMatchObject({ guarantee: { index: 0, term: 'availability', of: 'web', wanted: 99, unit: '%' } });
    expect(violated?.guarantee?.measured).toBeCloseTo(100 * (1 - 870 / 86_400), 6);
    expect(violated?.samples).toHaveLength(50);
    expect(violated?.message).toBe('Availability of web is violated: over 1 d it is 98.993056 %, agreed was at least 99 %.');
  });

  it('keeps one violation up to date from its beginning to its end: how bad, how often, how long', () => {
    const slow: Answer = (_, at) => {
      const minutes = (at - start) / minute;
      return minutes < 10 || minutes >= 20 ? 20 : minutes < 15 ? 900 : 500;
    };
    const { findings } = new Simulation(watching([quick], [target('a')])).run(hour, slow);
    const told = findings.flatMap(({ finding, at, violation }) => (violation ? [{ finding, at, ...violation }] : []));
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    expect(told[0]).toMatchObject({ finding: 'sla.violated', closed: null, worst: 900, count: 2 });
    expect(told.slice(1, -1).every(({ finding }) => finding === 'sla.lasting')).toBe(true);
    expect(told).toHaveLength(2 + 14);
    const last = told.at(-1);
    expect(last).toMatchObject({ finding: 'sla.recovered', worst: 900, count: 60 });
    expect(last?.closed).toBe(last?.at);
  });

  it('tells of a risk once, while there is still time, and why', () => {
    const { findings } = new Simulation(watching([each], [target('a')])).run(2 * hour, outage('a', 3_600, 4_200));
    const risks = findings.filter(({ finding }) => finding === 'sla.at_risk');
    expect(risks).toHaveLength(1);
    expect(risks[0]?.risk).toMatchObject({ by: 'burn_rate' });
    expect(risks[0]?.message).toMatch(/^Availability of web is at risk: .* times as fast as the window allows, over /);
    expect(findings.some(({ finding }) => finding === 'sla.violated')).toBe(false);
  });

  it('tells of it again when the budget burns faster than was told, and not when it slows down', () => {
    const lenient = { ...each, atLeast: 0.9 };
    const now = (at: number): number => (at - start) / second;
    const answer: Answer = (_, at) => ((now(at) > 5_400 ? now(at) > 6_300 : now(at) % 100 >= 20) ? 20 : null);
    const { findings } = new Simulation(watching([lenient], [target('a')])).run(3 * hour, answer);
    const factors = findings.flatMap(({ risk }) => (risk?.by === 'burn_rate' ? [risk.factor] : []));
    expect(factors).toEqual([1, 3, 6]);
  });

  it('leaves a group in peace while enough of it is up', () => {
    const simulation = new Simulation(watching([group])).run(6 * hour, outage('a', 3_600, 18_000));
    expect(simulation.story()).toEqual(['10 s sla.fulfilled', '3610 s resource.down a', '18000 s resource.up a']);
    expect(simulation.measured(0)).toBe(100);
  });

  it('counts the time in which a group has too few', () => {
    const two: Answer = (of, at) => outage('a', 3_600, 7_200)(of, at) && outage('b', 6_000, 8_000)(of, at);
    const simulation = new Simulation(watching([group])).run(6 * hour, two);
    expect(simulation.measured(0)).toBeCloseTo(100 * (1 - 1_200 / 86_400), 6);
    expect(simulation.story()).toContain('6870 s sla.violated');
  });

  it('watches response times: a slow machine violates, answers that never came do not', () => {
    const slow: Answer = (_, at) =>
      at - start < 10 * minute ? 20 : at - start < 20 * minute ? 900 : at - start < 30 * minute ? null : 20;
    const simulation = new Simulation(watching([quick], [target('a')])).run(hour, slow);
    const turns = simulation.findings.filter(({ finding }) => finding !== 'sla.lasting');
    const [fulfilled, violated, down, up, recovered, ...more] = turns;
    expect([fulfilled, violated, down, up, recovered].map((finding) => finding?.finding)).toEqual([
      'sla.fulfilled',
      'sla.violated',
      'resource.down',
      'resource.up',
      'sla.recovered',
    ]);
    expect(more).toEqual([]);
    expect(violated).toMatchObject({
      guarantee: { wanted: 200, measured: 900, unit: 'ms' },
      samples: [{ milliseconds: 900 }, { milliseconds: 900 }],
    });
  });

  it('takes late samples and repeated ones without a second finding', () => {
    const simulation = new Simulation(watching([each], [target('a')])).run(hour, healthy);
    const late = { ...simulation.sample('a', 'a-1', () => null), at: simulation.now - 5 * second };
    for (let times = 0; times < 5; times += 1) simulation.take(late);
    expect(simulation.story()).toEqual(['10 s sla.fulfilled a']);
  });
});

describe('a replacement', () => {
  it('starts unknown, and the resource is down from the death of the old one until the new one is up', () => {
    const simulation = new Simulation(watching([{ ...each, atLeast: 0.5 }], [target('a')])).run(hour, outage('a', 1_800, 9_999));
    simulation.revise(watching([{ ...each, atLeast: 0.5 }], [target('a', 'a-2')], 2));
    simulation.take({ ...simulation.sample('a', 'a-1', healthy), at: simulation.now + second });
    expect(simulation.story().at(-1)).toBe('1810 s resource.down a');
    simulation.run(10 * minute, outage('a', 0, 4_000)).run(minute, healthy);
    expect(simulation.story().slice(2)).toEqual(['3620 s resource.down a', '4000 s resource.up a']);
    expect(simulation.findings.at(-1)?.placement).toBe('a-2');
    expect(simulation.measured(0, 'a')).toBeCloseTo(100 * (1 - 2_200 / 86_400), 6);
  });
});

describe('a machine that its client gave back', () => {
  it('ends its downtime and does not make the group smaller than it agreed to be', () => {
    const simulation = new Simulation(watching([group])).run(hour, outage('a', 1_800, 9_999));
    simulation.revise(watching([group], [target('b'), target('c')], 2));
    simulation.run(hour, healthy);
    expect(simulation.story()).toEqual(['10 s sla.fulfilled', '1810 s resource.down a']);
    expect(simulation.measured(0)).toBe(100);
  });
});

describe('after a restart', () => {
  it('repeats nothing, and does not count the time in which nobody looked', () => {
    const before = new Simulation(watching([each], [target('a')])).run(2 * hour, outage('a', 3_600, 99_999));
    expect(before.story().at(-1)).toBe('4470 s sla.violated a');
    const away = { from: before.now, until: before.now + 3 * hour };
    const watch = { ...watching([each], [target('a')]), pauses: [away] };
    const after = new Simulation(watch, before.remembered(), away.until).run(10 * minute, () => null);
    expect(after.story()).toEqual([]);
    expect(after.measured(0, 'a')).toBeCloseTo(100 * (1 - (3_600 + 590) / 86_400), 6);
    expect(after.run(minute, healthy).story()).toEqual(['18610 s resource.up a']);
  });
});

describe('a service level', () => {
  const lesser: Guarantee = { ...each, atLeast: 0.5 };
  const at = (index: number, since?: number) => ({ index, ...(since === undefined ? {} : { since }) });

  it('is assessed from when it holds, and what it replaces no more', () => {
    const guarantees = [each, lesser];
    const agreed = { ...watching(guarantees, [target('a')]), inForce: [at(0)] };
    const simulation = new Simulation(agreed).run(2 * hour, outage('a', 3_600, 5_400));
    expect(simulation.story()).toContain('4470 s sla.violated a');
    simulation.revise({ ...agreed, version: 2, inForce: [at(1, simulation.now)] });
    simulation.run(minute, healthy);
    expect(simulation.story().slice(4)).toEqual(['7210 s sla.fulfilled a']);
    expect([simulation.measured(0, 'a'), simulation.measured(1, 'a')]).toEqual([undefined, 100]);
    simulation.revise({ ...agreed, version: 3, inForce: [at(0, simulation.now)] });
    simulation.run(hour, healthy);
    // The outage before it held again is in its window, but not its to answer for.
    expect(simulation.story().slice(5)).toEqual(['7270 s sla.fulfilled a']);
    expect(simulation.measured(0, 'a')).toBe(100);
  });
});

describe('an agreement that was suspended', () => {
  it('has windows that reach back over it: the time counts neither as up nor as down', () => {
    const before = new Simulation(watching([each], [target('a')])).run(2 * hour, outage('a', 3_600, 5_400));
    const resumed = before.now + 7 * day;
    const pauses = [{ from: before.now, until: resumed }];
    const after = new Simulation({ ...watching([each], [target('a')], 2), pauses }, before.remembered(), resumed);
    after.run(hour, healthy);
    expect(after.measured(0, 'a')).toBeCloseTo(100 * (1 - 1_800 / 86_400), 6);
    expect(after.story()).toEqual([]);
    // 936 s of the outage have left the window when it has run for a day and 4540 s, the suspension apart.
    after.run(day, healthy);
    expect(after.story()).toEqual([`${String(90_940 + (7 * day) / second)} s sla.recovered a`]);
  });
});
