import type { Guarantee } from '@cloud-agency/sla';
import { Assessor, type Change, type Past } from './assessor.js';
import type { Finding } from './findings.js';
import type { Sample, Target, Watch } from './sample.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.parse('2026-03-01T00:00:00Z');
const nothing: Past = { machines: [], terms: [], samples: [] };

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
  private assessor: Assessor;

  constructor(
    private watch: Watch,
    past = nothing,
    at = start,
  ) {
    this.now = at;
    this.assessor = new Assessor(watch, past, at);
    this.collect();
  }

  run(duration: number, answer: Answer): this {
    for (const until = this.now + duration; this.now < until;) {
      this.now += 10 * second;
      for (const { resource, placement } of this.watch.resources)
        this.assessor.take(this.sample(resource, placement, answer), this.now);
      this.assessor.assess(this.now);
      this.collect();
    }
    return this;
  }

  take(sample: Sample): void {
    this.assessor.take(sample, this.now);
    this.assessor.settle(this.now);
    this.collect();
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
    return this.findings.map(
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
    expect(findings[1]).toMatchObject({
      finding: 'resource.down',
      placement: 'a-1',
      samples: [{ ok: false }, { ok: false, detail: 'refused' }],
    });
    expect(findings[2]).toMatchObject({ guarantee: { index: 0, term: 'availability', of: 'web', wanted: 99, unit: '%' } });
    expect(findings[2]?.guarantee?.measured).toBeCloseTo(100 * (1 - 870 / 86_400), 6);
    expect(findings[2]?.samples).toHaveLength(50);
    expect(findings[2]?.message).toBe('Availability of web is violated: over 1 d it is 98.993056 %, agreed was at least 99 %.');
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
    const [fulfilled, violated, down, up, recovered, ...more] = simulation.findings;
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
  /** What the store would give back. */
  const remembered = ({ changes }: Simulation): Past => ({
    machines: changes.flatMap((change) => change.machines).slice(-1),
    terms: changes.flatMap((change) => change.term ?? []).slice(-1),
    samples: [],
  });

  it('repeats nothing, and does not count the time in which nobody looked', () => {
    const before = new Simulation(watching([each], [target('a')])).run(2 * hour, outage('a', 3_600, 99_999));
    expect(before.story().at(-1)).toBe('4470 s sla.violated a');
    const past = remembered(before);
    const seen = {
      ...past,
      machines: past.machines.map((machine) => ({ ...machine, down: [{ from: start + 3_600 * second, until: before.now }] })),
    };

    const after = new Simulation(watching([each], [target('a')]), seen, before.now + 3 * hour).run(10 * minute, () => null);
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
  const remembered = ({ changes }: Simulation): Past => ({
    machines: changes.flatMap((change) => change.machines).slice(-1),
    terms: changes.flatMap((change) => change.term ?? []).slice(-1),
    samples: [],
  });

  it('has windows that reach back over it: the time counts neither as up nor as down', () => {
    const before = new Simulation(watching([each], [target('a')])).run(2 * hour, outage('a', 3_600, 5_400));
    const resumed = before.now + 7 * day;
    const pauses = [{ from: before.now, until: resumed }];
    const after = new Simulation({ ...watching([each], [target('a')], 2), pauses }, remembered(before), resumed);
    after.run(hour, healthy);
    expect(after.measured(0, 'a')).toBeCloseTo(100 * (1 - 1_800 / 86_400), 6);
    expect(after.story()).toEqual([]);
    // 936 s of the outage have left the window when it has run for a day and 4540 s, the suspension apart.
    after.run(day, healthy);
    expect(after.story()).toEqual([`${String(90_940 + (7 * day) / second)} s sla.recovered a`]);
  });
});
