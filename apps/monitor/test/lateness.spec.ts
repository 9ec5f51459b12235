import type { Guarantee } from '@cloud-agency/sla';
import { Trial, watching } from './trial.js';

const second = 1_000;
const minute = 60 * second;
const start = Date.UTC(2026, 2, 1);

const own = { of: 'web', scope: { as: 'each' }, by: 'resource' } as const;
const heard: Guarantee = {
  ...own,
  term: 'metric',
  metric: 'queue',
  statistic: 'maximum',
  atMost: 100,
  over: 10 * minute,
  missing: { as: 'fails', after: minute },
};

let trial: Trial;
afterEach(() => trial.close());

/** One value every ten seconds, of [from, until) in seconds after the start. */
const values = (metric: string, from: number, until: number, valueAt: (at: number) => number = () => 1) =>
  Array.from({ length: Math.ceil((until - from) / 10) }, (_, index) => from + 10 * index).map((at) => ({
    metric,
    at: start + at * second,
    value: valueAt(at),
  }));

/** Each value comes as it is measured. */
async function live(metric: string, from: number, until: number, valueAt?: (at: number) => number): Promise<void> {
  for (const value of values(metric, from, until, valueAt)) {
    await trial.pass(value.at - trial.clock.now());
    await trial.send('resource', [value]);
  }
}
const passUntil = (at: number, step = second): Promise<void> => trial.pass(start + at * second - trial.clock.now(), step);

describe('what a machine tells of itself', () => {
  it('says nothing of a silence while what was measured in it may be under way', async () => {
    trial = await Trial.open(start, [watching(heard)]);
    await live('queue', 0, 120);
    await passUntil(110 + 5 * 60);
    expect(await trial.send('resource', values('queue', 120, 410))).toMatchObject({ refused: [] });
    await live('queue', 420, 600);
    expect(await trial.story(start)).toEqual(['40 s sla.fulfilled']);
  });

  it('says it when nothing can come any more, and refuses what comes then', async () => {
    trial = await Trial.open(start, [watching(heard)]);
    await live('queue', 0, 120);
    await passUntil(600);
    const late = await trial.send('resource', values('queue', 120, 600));
    expect(late).toEqual({ taken: 30, refused: [{ reason: 'too-late', count: 18, first: 0 }] });
    expect(trial.assessing.counts.refused['too-late']).toBe(18);
    // Silent since 110 s: a minute of it is held against the machine five minutes after that.
    expect(await trial.story(start)).toEqual(['40 s sla.fulfilled', '470 s sla.violated', '600 s sla.recovered']);
  });

  it('is not judged by the rest of a window whose end has not come yet', async () => {
    const calm: Guarantee = { ...own, term: 'metric', metric: 'queue', statistic: 'mean', atMost: 50, over: 2 * minute };
    const early = (at: number): number => (at < 60 ? 0 : 90);
    trial = await Trial.open(start, [watching(calm)]);
    await live('queue', 0, 120, early);
    await passUntil(240);
    expect(await trial.send('resource', values('queue', 120, 240))).toMatchObject({ taken: 12 });
    await passUntil(300);
    expect(await trial.story(start)).toEqual(['40 s sla.fulfilled']);
  });

  it('counts by when it was, not by when it came: an outage told last first is the outage that it was', async () => {
    const available: Guarantee = { ...own, term: 'availability', atLeast: 0.9, over: 10 * minute };
    trial = await Trial.open(start, [watching(available)]);
    await live('up', 0, 120);
    await passUntil(300);
    const down = values('up', 120, 300, (at) => (at < 200 ? 0 : 1));
    expect(await trial.send('resource', [...down].reverse())).toMatchObject({ taken: 18 });
    expect(await trial.story(start)).toEqual(['0 s sla.fulfilled', '300 s sla.violated']);
    const violated = (await trial.told()).find(({ finding }) => finding === 'sla.violated');
    // A minute is allowed: the sample after that finds it spent.
    expect(violated?.guarantee?.measured).toBeCloseTo(100 * (1 - 70 / 600), 6);
  });

  it('is judged as it would have been when a whole outage comes late, from its beginning to its end', async () => {
    trial = await Trial.open(start, [watching({ ...heard, over: 30 * second, least: 1 })]);
    await live('queue', 0, 120);
    await passUntil(300);
    await trial.send(
      'resource',
      values('queue', 120, 300, (at) => (at < 150 ? 500 : 1)),
    );
    expect(await trial.story(start)).toEqual(['0 s sla.fulfilled', '300 s sla.violated', '300 s sla.recovered']);
  });

  it('tells of what is measured at once, silence or none', async () => {
    trial = await Trial.open(start, [watching(heard)]);
    await live('queue', 0, 120);
    await passUntil(150);
    await trial.send('resource', [{ metric: 'queue', at: start + 150 * second, value: 101 }]);
    expect(await trial.story(start)).toEqual(['40 s sla.fulfilled', '150 s sla.violated']);
  });

  it('tells at once of what was too little to go by until it came, whatever it says itself', async () => {
    const least: Guarantee = { ...own, term: 'metric', metric: 'queue', statistic: 'minimum', atLeast: 6, over: 10 * minute };
    trial = await Trial.open(start, [watching(least)]);
    await live('queue', 0, 60, () => 50);
    await passUntil(1_200);
    await live('queue', 1_200, 1_250, (at) => (at === 1_200 ? 1 : 50));
    expect(await trial.story(start)).toEqual(['40 s sla.fulfilled', '1240 s sla.violated']);
  });

  it('proves a violation by what the guarantee is about, and not by what its condition reads', async () => {
    const busy: Guarantee = { ...own, term: 'cpu_utilisation', atMost: 0.9, over: 10 * minute, when: { holds: 'queue < 5' } };
    trial = await Trial.open(start, [watching(busy)]);
    for (const value of values('queue', 0, 60)) {
      await passUntil((value.at - start) / second);
      await trial.send('resource', [value, { ...value, metric: 'cpu_utilisation', value: 0.95 }]);
    }
    const rows = await trial.tables.selectFrom('violation').select('content').execute();
    const [violation] = rows.map(({ content }) => JSON.parse(content) as { proofs: { metric: string }[]; count: number });
    expect(violation?.proofs.map(({ metric }) => metric)).toEqual(Array.from({ length: 5 }, () => 'cpu_utilisation'));
    expect(violation?.count).toBe(5);
  });

  it('is not waited for by a guarantee that the Agency measures itself', async () => {
    trial = await Trial.open(start, [watching({ ...heard, by: 'probe' })]);
    for (const value of values('queue', 0, 120)) await trial.send('probe', [{ ...value, at: trial.clock.now() }]);
    const silent = trial.clock.now();
    await trial.pass(2 * minute, second);
    const violated = (await trial.told()).find(({ finding }) => finding === 'sla.violated');
    expect(Date.parse(violated?.at ?? '') - silent).toBeLessThan(minute + 2 * second);
  });
});

it('keeps what one machine of a group told of a new day while another is waited for in the one before', async () => {
  const machines = ['a', 'b'].map((resource) => ({ resource, item: 'web', placement: `${resource}-1`, address: '127.0.0.1' }));
  const daily: Guarantee = {
    ...{ ...own, scope: { as: 'group' }, term: 'metric', metric: 'queue', statistic: 'mean' },
    ...{ atMost: 100, over: { period: 'day', zone: 'UTC' } },
  };
  trial = await Trial.open(start - 2 * minute, [{ ...watching(daily), resources: machines }]);
  const push = async (resource: string, value: number): Promise<void> => {
    await trial.send('resource', [{ resource, placement: `${resource}-1`, metric: 'queue', at: trial.clock.now(), value }]);
  };
  for (let turn = 0; turn < 6; turn += 1) {
    await push('a', 1);
    await push('b', 1);
    await trial.pass(10 * second, second);
  }
  // For five minutes what the silent one has measured may be under way.
  for (let turn = 0; turn < 42; turn += 1) {
    await push('b', trial.clock.now() < start ? 1 : 500);
    await trial.pass(10 * second, second);
  }
  const violated = (await trial.told()).filter(({ finding }) => finding === 'sla.violated').at(-1);
  expect(violated?.guarantee?.measured).toBe(500);
  expect(Date.parse(violated?.at ?? '')).toBeGreaterThan(start);
});

it('tells what broke and was mended in a group, though what another machine measured meanwhile comes behind it', async () => {
  const machines = ['a', 'b'].map((resource) => ({ resource, item: 'web', placement: `${resource}-1`, address: '127.0.0.1' }));
  const calm: Guarantee = { ...heard, scope: { as: 'group' }, over: 30 * second, least: 1 };
  trial = await Trial.open(start, [{ ...watching(calm), resources: machines }]);
  const of = (resource: string, from: number, until: number, valueAt?: (at: number) => number) =>
    values('queue', from, until, valueAt).map((value) => ({ ...value, resource, placement: `${resource}-1` }));
  await passUntil(120);
  await trial.send('resource', [...of('a', 0, 120), ...of('b', 0, 120)]);
  await passUntil(300);
  const broken = of('b', 120, 300, (at) => (at === 120 ? 500 : 1));
  await trial.send('resource', [...of('a', 150, 300), ...broken]);
  expect(await trial.story(start)).toEqual(['120 s sla.fulfilled', '300 s sla.violated', '300 s sla.recovered']);
});

it('asks a condition of the same metric that the guarantee is about', async () => {
  const few: Guarantee = { ...own, term: 'metric', metric: 'queue', statistic: 'maximum', atMost: 100, over: 10 * minute };
  trial = await Trial.open(start, [watching({ ...few, when: { holds: 'queue < 1000', by: 'resource' } })]);
  await live('queue', 0, 60, (at) => (at < 50 ? 5_000 : 500));
  await live('queue', 60, 120, () => 500);
  expect(await trial.story(start)).toEqual(['90 s sla.violated']);
});

it('looks at no more than the window of a group, while one of its machines is waited for', async () => {
  const machines = ['a', 'b'].map((resource) => ({ resource, item: 'web', placement: `${resource}-1`, address: '127.0.0.1' }));
  // Two in ten seconds are twelve in a minute, and four minutes of one alone are as many again.
  const few: Guarantee = {
    ...{ ...own, scope: { as: 'group' }, term: 'metric', metric: 'queue', statistic: 'count', atMost: 15, over: minute },
  };
  trial = await Trial.open(start, [{ ...watching(few), resources: machines }]);
  const push = async (resource: string): Promise<void> => {
    await trial.send('resource', [{ resource, placement: `${resource}-1`, metric: 'queue', at: trial.clock.now(), value: 1 }]);
  };
  for (let turn = 0; turn < 60; turn += 1) {
    if (turn < 12 || turn > 36) await push('a');
    await push('b');
    await trial.pass(10 * second, second);
  }
  expect(await trial.story(start)).toEqual(['0 s sla.fulfilled']);
});

it('shows the percentile that it has decided by, while a machine of the group is waited for', async () => {
  const machines = ['a', 'b'].map((resource) => ({ resource, item: 'web', placement: `${resource}-1`, address: '127.0.0.1' }));
  const middle: Guarantee = {
    ...{ ...own, scope: { as: 'group' }, term: 'metric', metric: 'queue', percentile: 50 },
    ...{ atLeast: 35, over: { period: 'month', zone: 'UTC' } },
  };
  trial = await Trial.open(start, [{ ...watching(middle), resources: machines }]);
  const push = async (resource: string, value: number): Promise<void> => {
    await trial.send('resource', [{ resource, placement: `${resource}-1`, metric: 'queue', at: trial.clock.now(), value }]);
  };
  for (const [a, b] of [
    [41, 0],
    [4, 86],
  ] as const) {
    await push('a', a);
    await push('b', b);
    await trial.pass(10 * second, second);
  }
  // Of the same minute as the last of the other, by which a month is counted.
  await push('a', 15);
  const [violated] = (await trial.told()).filter(({ finding }) => finding === 'sla.violated');
  expect(violated?.guarantee?.measured).toBe(15);
});

it('takes the figures of a vendor that measures every five minutes, and shows them later', async () => {
  const busy: Guarantee = {
    ...{ of: 'web', scope: { as: 'each' }, by: 'vendor', term: 'cpu_utilisation' },
    ...{ atMost: 0.9, over: 30 * minute, missing: { as: 'fails', after: 10 * minute } },
  };
  trial = await Trial.open(start, [watching(busy)]);
  // The figure of five minutes is dated by their beginning, and is there four minutes after their end.
  const lag = 9 * minute;
  for (let at = 0; at < 3 * 60; at += 5) {
    await passUntil(at * 60 + lag / second, 20 * second);
    const value = at < 60 ? 0.2 : 0.99;
    expect(await trial.send('vendor', [{ metric: 'cpu_utilisation', at: start + at * minute, value }])).toMatchObject({
      taken: 1,
    });
  }
  expect(await trial.story(start)).toEqual([
    `${String(20 * 60 + lag / second)} s sla.fulfilled`,
    // Before that there is one of 0.2 left in the window.
    `${String(90 * 60 + lag / second)} s sla.violated`,
  ]);
});
