/**
 * selection: filtering, pruning and solving over every offer of data/catalog, beside a plain scan of the same columns, HiGHS on the model that
 * nothing was pruned from, or the target, in the same run. One thread, but where the agency's solver thread is measured.
 */
import { answerDemand, answering, OfferTable, OfferTableBuilder, selectPlans, topsis, violations } from '@cloud-agency/sla';
import loadHighs from 'highs';
import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Solver } from '../../apps/agency/dist/negotiation/solver.js';
import { solveByHighs } from '../../libs/sla/dist/selection/highs-solver.js';
import { modelOf } from '../../libs/sla/dist/selection/model.js';
import { problemOf } from '../../libs/sla/dist/selection/problem.js';
import { allCandidates } from '../../libs/sla/dist/selection/solve.js';
import { figure, median, quantile, target } from './figures.mjs';

const part = 'selection';
const highs = await loadHighs();
const catalog = new URL('../../data/catalog/', import.meta.url);

const lines = (url) =>
  readFileSync(url, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
const number = (text) => (text ? Number(text) : null);

/** Every priced offer, on demand, in one zone of its region. */
function* catalogue() {
  const places = new Map(
    lines(new URL('regions.csv', catalog)).map(([vendor, region, ...place]) => [`${vendor}/${region}`, place]),
  );
  for (const file of readdirSync(new URL('offers/', catalog)).sort()) {
    for (const [vendor, region, instanceType, cores, memory, disk, architecture, , gpu, price] of lines(
      new URL(`offers/${file}`, catalog),
    )) {
      const [city = null, country = null, continent = null, latitude, longitude, carbon] =
        places.get(`${vendor}/${region}`) ?? [];
      if (!price) continue;
      yield {
        agent: vendor,
        vendor,
        region,
        zones: ['a'],
        city,
        country,
        continent,
        latitude: number(latitude),
        longitude: number(longitude),
        carbon: number(carbon),
        instanceType,
        market: 'on-demand',
        price: Number(price),
        cores: number(cores),
        memory: number(memory),
        disk: number(disk),
        gpu: number(gpu),
        architecture: architecture === 'x86_64' ? 'x64' : architecture,
        availability: 0.99 + (region.length % 10) / 1000,
      };
    }
  }
}

const atLeast = (attribute, value) => ({ type: 'number', text: `${attribute} >= ${value}`, attribute, comparison: '>=', value });
const need = (item, cores, memory, rest = {}) => ({
  item,
  kind: 'compute',
  count: 1,
  require: [atLeast('cores', cores), atLeast('memory', memory)],
  prefer: [],
  spread: [],
  apartFrom: [],
  ...rest,
});
const byCost = [{ of: 'cost', direction: 'minimise', weight: 1 }];
const costAndAvailability = [
  { of: 'cost', direction: 'minimise', weight: 3 },
  { of: 'availability', direction: 'maximise', weight: 1 },
];
const demand = (needs, rest = {}) => ({ needs, policy: 'weighted', objectives: byCost, proposals: 1, ...rest });

async function times(turns, work) {
  const taken = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const begun = performance.now();
    await work(turn);
    taken.push(performance.now() - begun);
  }
  return taken;
}

/** What any program must do at least: look at both columns of every row, and keep the cheapest that passes. */
function scan({ cores, memory, price }, leastCores, leastMemory) {
  let best = -1;
  let passing = 0;
  for (let row = 0; row < price.length; row += 1) {
    if (!(cores[row] >= leastCores && memory[row] >= leastMemory)) continue;
    passing += 1;
    if (best < 0 || price[row] < price[best]) best = row;
  }
  return { best, passing };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/** What the heap and the typed arrays hold. */
function held() {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

function load() {
  const rows = [...catalogue()];
  const column = (name) => Float64Array.from(rows, (row) => row[name] ?? NaN);
  const columns = { cores: column('cores'), memory: column('memory'), price: column('price') };
  const before = held();
  const begun = performance.now();
  const builder = new OfferTableBuilder();
  for (const row of rows) builder.add(row);
  const table = builder.build();
  figure(part, 'index of the whole catalogue, built', 'ms', performance.now() - begun);
  answerDemand(table, demand([need('web', 1, 1)]));
  const size = held() - before;
  figure(part, `index of ${table.offers} offers, all that it holds once it was asked`, 'MiB', size, {
    name: 'target',
    value: 16,
  });
  target('the index takes at most 16 MB', size <= 16, `${size.toFixed(1)} MiB`);
  change(table, rows);
  return { table, columns };
}

/** A new price for a hundred offers all over the world, without building anything anew. */
function change(table, rows) {
  const prices = rows
    .filter((_, index) => index % Math.floor(rows.length / 100) === 0)
    .map(({ region, instanceType, market, price }) => ({ region, instanceType, market, price: price * 1.01 }));
  const begun = performance.now();
  const next = table.changed({ prices });
  figure(part, `${prices.length} prices changed: the next version`, 'ms', performance.now() - begun);
  if (next.version !== table.version + 1) throw new Error('no new version');
}

const sizes = [
  [1, 1],
  [2, 4],
  [4, 16],
  [8, 32],
  [16, 64],
  [64, 256],
];
const wanted = (turn) => sizes[turn % sizes.length];
const rounds = 5;

/** Median of several rounds' p95: one round may have met a busy moment. */
async function p95Of(work) {
  const of = [];
  for (let round = 0; round < rounds; round += 1) of.push(quantile(await times(300, work), 0.95));
  return median(of);
}

async function simple({ table, columns }) {
  const scanning = (turn) => scan(columns, ...wanted(turn));
  const answering = (turn) => answerDemand(table, demand([need('web', ...wanted(turn))]));
  await times(300, scanning);
  await times(300, answering);
  const scanned = await p95Of(scanning);
  const answered = await p95Of(answering);
  figure(part, 'one item, cores and memory, all offers: filtered, counted, pruned, p95', 'ms', answered, {
    name: 'plain linear scan, p95',
    value: scanned,
  });
  target('one item within 1.5 × a scan', answered <= 1.5 * scanned, `${(answered / scanned).toFixed(2)} ×`);
  for (const proposals of [1, 3]) {
    const whole = (turn) => selectPlans(...called(table, turn, proposals), { solver: { highs } });
    await times(2_000, whole);
    const rates = [];
    for (let round = 0; round < rounds; round += 1) {
      const { user, system } = process.cpuUsage();
      await times(300, whole);
      const spent = process.cpuUsage({ user, system });
      rates.push(300e6 / (spent.user + spent.system));
    }
    figure(
      part,
      `simple calls answered, selected and explained, a second of one core, ${proposals} proposals`,
      '1/s',
      median(rates),
      {
        name: 'target',
        value: 1000,
      },
    );
    target(`1,000 simple calls a second, ${proposals} proposals`, median(rates) >= 1000, `${Math.round(median(rates))} a second`);
  }
}

function called(table, turn, proposals) {
  const asked = demand([need('web', ...wanted(turn))], { proposals });
  return [asked, answerDemand(table, asked)];
}

function tenItems() {
  const needs = Array.from({ length: 10 }, (_, index) =>
    need(`item-${index}`, 1 + index, 2 + 3 * index, {
      count: 1 + (index % 3),
      spread: [{ over: 'region', atMost: 1 }],
      apartFrom: index > 0 ? [{ item: `item-${index - 1}`, over: 'region' }] : [],
    }),
  );
  return demand(needs, { objectives: costAndAvailability, budget: { atMost: 2500 } });
}

async function ten(table) {
  const asked = tenItems();
  const work = async () => selectPlans(asked, answerDemand(table, asked), { solver: { highs } });
  const { plans } = await work();
  const taken = await times(7, work);
  figure(part, '10 items with spread, apart and budget over all offers, median', 'ms', median(taken), {
    name: 'target',
    value: 500,
  });
  target(
    '10 items over all offers within 500 ms',
    median(taken) <= 500 && plans[0]?.optimal === true,
    `${Math.round(median(taken))} ms, optimal: ${plans[0]?.optimal}`,
  );
}

/** A repeatable sequence of numbers of 0..1. */
function numbers(seed) {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function randomTable(offers, seed) {
  const next = numbers(seed);
  const rows = Array.from({ length: offers }, (_, index) => ({
    agent: `a${index % 10}`,
    vendor: `a${index % 10}`,
    region: `r${Math.floor(next() * 20)}`,
    zones: ['a'],
    city: null,
    country: null,
    continent: null,
    carbon: null,
    instanceType: `t${index}`,
    market: 'on-demand',
    price: 0.01 + next(),
    cores: 1 + Math.floor(next() * 32),
    memory: 1 + Math.floor(next() * 128),
    disk: null,
    gpu: null,
    architecture: 'x64',
    availability: 0.99 + next() / 100,
  }));
  return OfferTable.build(rows);
}

/** Items in a chain, each apart from the one before, under a budget. */
function chained(items) {
  const needs = Array.from({ length: items }, (_, index) =>
    need(`i${index}`, 1, 1, { apartFrom: index > 0 ? [{ item: `i${index - 1}`, over: 'region' }] : [] }),
  );
  return demand(needs, { objectives: costAndAvailability, budget: { atMost: items * 250 } });
}

async function large(items, offers, limit) {
  const table = randomTable(offers, items);
  const asked = chained(items);
  const ours = await times(5, async () => selectPlans(asked, answerDemand(table, asked), { solver: { highs } }));
  const { plans } = await selectPlans(asked, answerDemand(table, asked), { solver: { highs } });
  const unpruned = problemOf(asked, answerDemand(table, asked, { prune: false }), {});
  let score;
  let proven = false;
  const [theirs] = await times(1, () => {
    const model = modelOf(unpruned, allCandidates(unpruned));
    const solution = solveByHighs(highs, model, { seconds: 60, presolve: true });
    proven = solution?.proven === true;
    score = solution && model.candidates.reduce((sum, candidate, column) => sum + candidate.score * solution.values[column], 0);
  });
  figure(part, `${items} items × ${offers} offers, median`, 'ms', median(ours), {
    name: 'HiGHS on the unpruned model',
    value: theirs,
  });
  const ahead = (plans[0]?.score ?? 0) - (score ?? 0);
  // What did not finish within its minute proves nothing; it must not have found anything better, though.
  const agrees = proven ? Math.abs(ahead) < 1e-6 : ahead > -1e-6;
  const beside = proven
    ? `HiGHS agrees: ${agrees}`
    : `HiGHS did not finish in 60 s, ${agrees ? 'with nothing better' : 'with a better plan'}`;
  target(
    `${items} × ${offers} within ${limit} ms, proven`,
    median(ours) <= limit && plans[0]?.optimal === true && agrees,
    `${Math.round(median(ours))} ms, optimal: ${plans[0]?.optimal}, ${beside}`,
  );
}

/** Selections too large for their time, in the agency's solver thread: when they end, and whether what they answer holds. */
async function limits() {
  const asked = chained(60);
  const answer = answerDemand(randomTable(3_000, 60), asked, { prune: false });
  for (const seconds of [0.5, 1, 2]) {
    const solver = new Solver(new URL('../../dist/solver-thread.js', import.meta.url), seconds);
    const warm = demand([need('web', 1, 1)]);
    await solver.select(warm, answerDemand(randomTable(10, 1), warm));
    let told = 'no plan in time, and says so';
    const [taken] = await times(1, async () => {
      const { plans } = await solver.select(asked, answer).catch(() => ({ plans: [] }));
      const broken = plans.flatMap(({ assignments }) => violations(asked, assignments, {}));
      if (plans.length > 0) told = `optimal: ${plans[0].optimal}, gap ${plans[0].gap.toFixed(4)}, breaks ${broken.length}`;
      if (broken.length > 0) throw new Error(broken[0]);
    });
    await solver.close();
    figure(part, `60 items × 3,000 offers, not pruned, within ${seconds} s`, 'ms', taken, {
      name: 'limit',
      value: seconds * 1000,
    });
    target(`a limit of ${seconds} s holds within 10 %`, taken <= seconds * 1100, `${Math.round(taken)} ms, ${told}`);
  }
}

/** One thread serves and answers, item by item, as an agent does; another solves. How long does the first hold whoever comes? */
async function eventLoop(table) {
  const solver = new Solver(new URL('../../dist/solver-thread.js', import.meta.url));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const answer = async (asked) => {
    const steps = answering(table, asked);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      await turn();
    }
  };
  const calls = [tenItems(), threeObjectives(), ...sizes.map((size) => demand([need('web', ...size)], { proposals: 3 }))];
  for (const asked of calls) await solver.select(asked, await answer(asked));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const end = performance.now() + 8_000;
  let count = 0;
  const client = async (first) => {
    for (let index = first; performance.now() < end; index += 1) {
      const asked = calls[index % calls.length];
      await solver.select(asked, await answer(asked));
      count += 1;
    }
  };
  await Promise.all([0, 1, 2, 3].map(client));
  delay.disable();
  await solver.close();
  const worst = delay.percentile(99.9) / 1e6;
  figure(part, `event loop delay, p99.9, while ${count} calls are answered and selected`, 'ms', worst, {
    name: 'target',
    value: 50,
  });
  target('event loop delay p99.9 within 50 ms', worst <= 50, `${worst.toFixed(1)} ms`);
}

function threeObjectives() {
  return demand([need('web', 2, 4)], {
    policy: 'pareto',
    proposals: 20,
    objectives: [
      ...costAndAvailability,
      { of: 'latency', direction: 'minimise', weight: 1, to: { latitude: 48.85, longitude: 2.35 } },
    ],
  });
}

async function front(table) {
  const asked = threeObjectives();
  const work = async () => selectPlans(asked, answerDemand(table, asked), { solver: { highs } });
  await times(3, work);
  const taken = await times(20, work);
  figure(part, 'Pareto front of three objectives, one item, all offers, median', 'ms', median(taken), {
    name: 'target',
    value: 100,
  });
  target('the front within 100 ms', median(taken) <= 100, `${Math.round(median(taken))} ms`);
}

async function closeness() {
  const next = numbers(1);
  const alternatives = Float64Array.from({ length: 50_000 }, next);
  const work = () => topsis(alternatives, [3, 1, 2, 1, 1]);
  await times(20, work);
  const taken = await times(100, work);
  figure(part, 'TOPSIS, 10,000 alternatives, 5 criteria, p95', 'ms', quantile(taken, 0.95), { name: 'target', value: 20 });
  target('TOPSIS within 20 ms', quantile(taken, 0.95) <= 20, `${quantile(taken, 0.95).toFixed(2)} ms`);
}

const loaded = load();
await simple(loaded);
await front(loaded.table);
await closeness();
await ten(loaded.table);
await eventLoop(loaded.table);
await limits();
await large(20, 5_000, 2_000);
await large(50, 1_000, 5_000);
