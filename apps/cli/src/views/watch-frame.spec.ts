import fc from 'fast-check';
import type { Agreement, Health, Term } from '../entities/agreement.js';
import { widthOf } from './fitting.js';
import { watchFrame, type WatchState } from './watch-frame.js';

const term = (change: Partial<Term> = {}): Term => ({
  ...{
    term: 'availability',
    of: 'web',
    index: 0,
    resource: null,
    state: 'fulfilled',
    wanted: 0.999,
    side: 'at_least',
    measured: 1,
  },
  ...{ unit: 'fraction', spent: 0.4, ...change },
});
const machine = (title: string, change: Partial<Health> = {}): Health => ({
  ...{ resource: title, title, address: '127.9.9.1', state: 'up', milliseconds: 2.34, ...change },
});
const agreement = (name: string, change: Partial<Agreement> = {}): Agreement => ({
  ...{ id: `id-of-${name}`, name, cfp: 'c', state: 'accepted', agreedAt: '', level: 'agreed', penalties: 0, rewards: 0 },
  ...{ terms: [term()], health: [machine('web-1')], reactions: [], ...change },
});
const event = (message: string) => ({ id: 1, type: 'x', at: '2026-01-01T12:00:00.000Z', subject: '/', message, data: {} });
const state = (change: Partial<WatchState> = {}): WatchState => ({
  ...{ url: 'http://127.0.0.1:8080', agreements: [agreement('shop')], events: [], lostAt: undefined },
  at: new Date('2026-01-01T12:00:00Z'),
  ...change,
});
const plain = (_: string, text: string): string => text;
const frame = (change: Partial<WatchState>, columns = 80, rows = 24, offset = 0): string =>
  watchFrame(state(change), { columns, rows }, offset, plain).lines.join('\n');

it('shows agreements, guarantees with what is measured and wanted, allowances, machines and events', () => {
  const shown = frame({ events: [event('web-1 is down.')] });
  expect(shown).toMatch(/^1 agreement at http:\/\/127\.0\.0\.1:8080 +connected 12:00:00 UTC\n/);
  expect(shown).toMatch(/\nshop {2}accepted {2}id-of-shop\n/);
  expect(shown).toMatch(/availability of web +100 % of ≥ 99\.9 % +fulfilled +████░{6} +40 %/);
  expect(shown).toMatch(/web-1 +127\.9\.9\.1 +up +2\.3 ms/);
  expect(shown).toMatch(/\nLast events\n {2}12:00:00 web-1 is down\.\nq ends/);
});

it('shows terms that it has never heard of in their own units', () => {
  const throughput = term({ term: 'throughput', wanted: 100, measured: 81.5, unit: 'req/s', spent: 12.5, state: 'violated' });
  expect(frame({ agreements: [agreement('shop', { terms: [throughput] })] })).toMatch(
    /throughput of web +81\.5 req\/s of ≥ 100 req\/s +violated +█{10} +>999 %/,
  );
});

it('names what is measured, gives way with its bars before a name is cut, and has long events on several lines', () => {
  const queue = term({
    ...{ term: 'metric', about: 'jobs_waiting_to_be_printed', side: 'at_most' },
    wanted: 1000,
    measured: 12.5,
    unit: '1',
  });
  const risky = term({ risk: { by: 'trend', at: '2026-01-01T14:00:00.000Z' } });
  const shown = frame({
    agreements: [agreement('shop', { terms: [queue, risky] })],
    events: [event(`Availability of web is violated: ${'so it is told, '.repeat(6)}and that is all.`)],
  });
  expect(shown).toMatch(/\n {2}jobs_waiting_to_be_printed of web {2}12\.5 of ≤ 1000 +fulfilled +40 %\n/);
  expect(shown).toMatch(/\n {2}availability of web +100 % of ≥ 99\.9 % +at risk +40 %\n/);
  expect(shown).toMatch(/\n {2}12:00:00 Availability [^]*that is\n {11}all\.\nq ends/);
});

it('puts what is broken first, and says what there is no room for', () => {
  const all = [
    agreement('fine'),
    agreement('down', { health: [machine('db-1', { state: 'down' })] }),
    agreement('broken', { terms: [term({ state: 'violated' })] }),
  ];
  const shown = frame({ agreements: all });
  expect(['broken', 'down', 'fine'].map((name) => shown.indexOf(`id-of-${name}`))).toEqual(
    ['broken', 'down', 'fine'].map((name) => shown.indexOf(`id-of-${name}`)).sort((a, b) => a - b),
  );
  expect(frame({ agreements: all }, 80, 8)).toMatch(/ 6 more lines below$/);
  expect(frame({ agreements: all }, 80, 8, 6)).toContain('id-of-fine');
  const many = Array.from({ length: 40 }, (_, index) => machine(`web-${index}`, index === 7 ? { state: 'down' } : {}));
  expect(frame({ agreements: [agreement('big', { health: many })] })).toMatch(
    /web-7 .*down.*\n {2}… 39 more machines; 39 of 40 are up/,
  );
});

it('shows of many guarantees those that ask to be looked at, the worst first, and counts the rest', () => {
  const many = Array.from({ length: 200 }, (_, index) => term({ of: `web-${index}` }));
  const bad = [
    term({ of: 'late', state: 'undefined', measured: null, spent: null }),
    term({ of: 'dear', risk: { by: 'trend', at: '2026-01-01T14:00:00.000Z' } }),
    term({ of: 'broken', state: 'violated', spent: 1.2 }),
  ];
  const shown = frame({ agreements: [agreement('big', { terms: [...many, ...bad] })] });
  expect(shown).toMatch(/^1 agreement: 1 violated, 1 at risk at http/);
  expect(shown).toMatch(/ of broken [^]* of dear [^]* of late [^]*\n {2}… 200 more guarantees; 201 of 203 are fulfilled\n/);
});

it('says how far it has been scrolled, and does not go beyond the end', () => {
  const all = state({ agreements: Array.from({ length: 9 }, (_, index) => agreement(`shop-${index}`)) });
  const { furthest } = watchFrame(all, { columns: 80, rows: 12 }, 0, plain);
  const { lines } = watchFrame(all, { columns: 80, rows: 12 }, furthest, plain);
  expect(lines.at(-2)).toContain('web-1');
  expect(lines.at(-1)).toMatch(new RegExp(` ${furthest} above$`));
  expect(watchFrame(all, { columns: 80, rows: 12 }, furthest + 50, plain).lines).toEqual(lines);
});

it('says that it is disconnected, and since when', () => {
  expect(frame({ lostAt: new Date('2026-01-01T12:34:56Z') })).toContain('DISCONNECTED since 12:34:56 UTC, trying again');
});

it('fills any screen exactly, whatever is written on it', () => {
  const words = fc.string({ maxLength: 60, unit: 'grapheme' });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(words, words), { maxLength: 5 }),
      fc.integer({ min: 10, max: 140 }),
      fc.integer({ min: 3, max: 50 }),
      fc.nat(100),
      (texts, columns, rows, offset) => {
        const agreements = texts.map(([name, title]) =>
          agreement(name, { health: [machine(title)], terms: [term({ of: title })] }),
        );
        const lines = watchFrame(
          state({ agreements, events: texts.map(([text]) => event(text)) }),
          { columns, rows },
          offset,
          plain,
        ).lines;
        expect(lines).toHaveLength(rows);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      },
    ),
  );
});
