import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { SaxesParser } from 'saxes';
import { monthAsked } from '../../src/reports/asked.js';
import { csvOf } from '../../src/reports/csv.js';
import { roundLevels } from '../../src/reports/html/frame.js';
import { htmlOf } from '../../src/reports/html/page.js';
import { figure, figureBeside, money } from '../../src/reports/html/text.js';
import type { MonthReport, ReportedDay } from '../../src/reports/month-report.js';

const list = <T>(...items: readonly T[]) => ({ total: items.length, page: 1, size: 100, items });

const day = (date: string, availability: number): ReportedDay => ({
  day: date,
  availability,
  probes: 100,
  p50: 10,
  p95: 80,
  p99: 150,
});

const report = (changes: Partial<MonthReport> = {}): MonthReport => ({
  ...{ version: 1, made: '2026-12-01T08:00:00.000Z' },
  held: { from: '2026-11-01T00:00:00.000Z', until: '2026-12-01T00:00:00.000Z' },
  ...{ agreement: 'a1', name: 'shop', state: 'accepted', month: '2026-11', level: 'agreed', remark: null },
  ...{ from: '2026-11-01T00:00:00.000Z', until: '2026-12-01T00:00:00.000Z', complete: true, settled: true },
  ...{ charge: 10.5, penalties: 1.05, rewards: 0, due: 9.45 },
  guarantees: [
    {
      ...{
        guarantee: 0,
        level: 'agreed',
        term: 'availability',
        of: 'web',
        resource: 'm1',
        wanted: 99.9,
        unit: '%',
        side: 'at_least',
        state: 'fulfilled',
      },
      ...{ about: null, basis: 'share of the time, promised over 30 d, by probe' },
      ...{ current: null, measured: 99.95, budgetSpent: 0.5, violations: 1, violatedFor: 3_720 },
    },
  ],
  violations: list({
    ...{
      id: 'v1',
      guarantee: 0,
      term: 'availability',
      of: 'web',
      resource: 'm1',
      wanted: 99.9,
      worst: 99.1,
      unit: '%',
      penalty: 1.05,
    },
    ...{ opened: '2026-11-03T10:00:00.000Z', closed: '2026-11-03T11:02:00.000Z', duration: 3_720, count: 372 },
    proof: [{ at: '2026-11-03T10:00:00.000Z', ok: false, source: 'probe', detail: 'connect ECONNREFUSED <127.0.0.1>' }],
  }),
  ledger: list({
    ...{ kind: 'penalty', guarantee: 0, term: 'availability', of: 'web', resource: 'm1', violation: 'v1' },
    ...{ amount: 1.05, state: 'settled', reason: 'availability of web was violated' },
  } as const),
  reactions: list(),
  machines: list({
    ...{ resource: 'm1', title: 'shop-web-1', item: 'web', hours: 720, charge: 10.5 },
    ...{ from: '2026-11-01T00:00:00.000Z', until: '2026-12-01T00:00:00.000Z' },
    days: [day('2026-11-01', 100), day('2026-11-03', 97.5)],
  }),
  ...changes,
});

describe('the month of a report', () => {
  const at = (text: string) => Date.parse(`${text}T12:00:00Z`);
  const held = { from: at('2026-09-15'), until: at('2026-11-20') };

  it('is the present one, or the last of an agreement that has ended', () => {
    expect(monthAsked(undefined, held, held.until)).toMatchObject({ name: '2026-11', asFarAs: held.until });
    expect(monthAsked(undefined, held, at('2027-02-01'))).toMatchObject({ name: '2026-11', asFarAs: Date.UTC(2026, 11, 1) });
    expect(monthAsked('2026-10', held, held.until)).toMatchObject({ from: Date.UTC(2026, 9, 1), asFarAs: Date.UTC(2026, 10, 1) });
  });

  it.each([
    ['2026-12', 'invalid-request', 'has not begun'],
    ['2026-13', 'invalid-request', 'write it like 2026-11'],
    ['November', 'invalid-request', 'write it like 2026-11'],
    ['2026-08', 'not-found', 'held from 2026-09-15 to 2026-11-20'],
  ])('is not %s', (month, code, words) => {
    expect(() => monthAsked(month, held, held.until)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) as string }) as Error,
    );
  });
});

describe('as CSV', () => {
  it('is one table, the guarantees unless another is named', () => {
    expect(parse(csvOf(report()), { columns: true, bom: true })).toEqual([
      expect.objectContaining({ term: 'availability', of: 'web', measured: '99.95', budgetSpent: '0.5', current: '' }),
    ]);
    expect(parse(csvOf(report(), 'days'), { columns: true, bom: true })).toEqual([
      expect.objectContaining({ day: '2026-11-01', title: 'shop-web-1', availability: '100', p95: '80' }),
      expect.objectContaining({ day: '2026-11-03', availability: '97.5' }),
    ]);
    expect(() => csvOf(report(), 'violation')).toThrow('did you mean violations?');
  });

  it('says the same to another reader, whatever its text, and is no formula to a spreadsheet', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (why) => {
        const reaction = {
          ...{ id: 'r', at: '', finished: null, event: 'e', action: 'notify', state: 'done', item: null, resource: null },
          why,
        };
        const [row] = parse<{ why: string }>(csvOf(report({ reactions: list(reaction) }), 'reactions'), {
          columns: true,
          bom: true,
          relax_column_count: false,
        });
        const isFormula = /^[=+\-@\t\r]/.test(why);
        expect(row?.why).toBe(isFormula ? `'${why}` : why);
      }),
    );
  });
});

describe('as a page', () => {
  const page = htmlOf(report());

  it('is whole in itself: well-formed, without scripts, and nothing is loaded', () => {
    const content = page.replace(/<!doctype html>\n/, '').replaceAll(/<meta ([^>]*)>/g, '<meta $1/>');
    expect(() => new SaxesParser().write(content).close()).not.toThrow();
    expect(page).not.toMatch(/<script|<link|<img|@import|url\((?!#)|\son\w+=|https?:/i);
  });

  it('tells each chart in words too, and all that it shows in a table', () => {
    const charts = page.match(/<svg class="chart".*?<\/svg>/gs) ?? [];
    expect(charts).toHaveLength(2);
    for (const chart of charts) {
      const [, title = '', description = ''] = /aria-labelledby="(\S+) (\S+)"/.exec(chart) ?? [];
      expect(chart).toMatch(new RegExp(`<title id="${title}">[^<]+</title><desc id="${description}">[^<]+</desc>`));
    }
    expect(charts[0]).toContain('2 days, between 97.5 and 100 %. Lowest on 2026-11-03. 28 days were not measured.');
    expect(page).toContain('<td class="number">97.5 %</td>');
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('draws a lower day lower, and shows where a promise was broken', () => {
    const bars = [...page.matchAll(/<rect class="(bar[^"]*)"[^>]*height="([\d.]+)"/g)].map(([, kind, height]) => [
      kind,
      Number(height),
    ]);
    const whole = 144;
    expect(bars).toEqual([
      ['bar', whole],
      ['bar broken', expect.any(Number)],
    ]);
    expect(Number(bars[1]?.[1])).toBeLessThan(whole);
  });

  const machine = (resource: string, days: readonly ReportedDay[], change = {}): MonthReport['machines']['items'][number] => ({
    ...{ resource, title: `shop-${resource}`, item: 'web', hours: 1, charge: 0.1, days },
    ...{ from: '2026-11-01T00:00:00.000Z', until: '2026-12-01T00:00:00.000Z', ...change },
  });
  const dead: ReportedDay = { ...day('2026-11-02', 0), p50: null, p95: null, p99: null };

  it('tells a day of failures from one that was not measured, and both from one on which the machine was not there', () => {
    const days = [day('2026-11-01', 100), dead, day('2026-11-04', 100)];
    const shown = htmlOf(report({ machines: list(machine('m1', days, { until: '2026-11-05T12:00:00.000Z' })) }));
    const [availability = '', answers = ''] = shown.match(/<svg class="chart".*?<\/svg>/gs) ?? [];
    const titles = [...availability.matchAll(/<rect class="([^"]*)"[^>]*height="([\d.]+)"><title>([^<]*)</g)];
    expect(titles.map(([, kind, , title]) => [kind, title])).toEqual([
      ['unmeasured', '2026-11-03: not measured'],
      ['unmeasured', '2026-11-05: not measured'],
      ['bar', '2026-11-01: 100 %'],
      ['bar broken', '2026-11-02: 0 %'],
      ['bar', '2026-11-04: 100 %'],
    ]);
    expect(Number(titles[3]?.[2])).toBeGreaterThan(0);
    expect(availability.match(/class="mark"/g)).toHaveLength(1);
    // No line goes over days of which nothing is known.
    expect(answers.match(/<polyline class="line p95"[^>]*points="[^" ]+"/g)).toHaveLength(2);
    expect(shown).toContain('<th scope="row">2026-11-05</th><td class="long">shop-m1</td><td class="number">not measured</td>');
    expect(shown).not.toContain('<th scope="row">2026-11-06</th>');
  });

  it('draws a promise only where it is one of what is drawn', () => {
    const [first] = report().guarantees;
    const slices = { term: 'response_time', wanted: 99, basis: 'percentile 95, as a share of slices of 5 min, by probe' };
    const others = [
      { ...slices, guarantee: 1 },
      { guarantee: 0, basis: 'share of requests, promised over 30 d, by probe' },
    ];
    const shown = htmlOf(report({ guarantees: others.map((other) => ({ ...(first as NonNullable<typeof first>), ...other })) }));
    expect(shown).not.toMatch(/class="promise"|broken"/);
    expect(page).toContain('promised: at least 99.9 %: share of the time, promised over 30 d, by probe');
  });

  it('names metrics and expressions, and puts what is violated first', () => {
    const [first] = report().guarantees as [MonthReport['guarantees'][number]];
    const queue = { guarantee: 1, term: 'metric', about: 'queue_length', unit: '1', wanted: 1000, side: 'at_most' } as const;
    const shown = htmlOf(report({ guarantees: [first, { ...first, ...queue, state: 'violated', measured: 1_234_567 }] }));
    expect(shown).toMatch(/queue_length<small>[^]*≤ 1,000<[^]*1,234,567<[^]*>availability<small>/);
  });

  it('has as many digits as tell what was measured from what was promised', () => {
    expect(figureBeside(99.8996, 99.9, '%')).toBe('99.8996 %');
    expect(figureBeside(99.95, 99.9, '%')).toBe('99.95 %');
    expect(figureBeside(0.00012, 0.02, '1')).toBe('0.00012');
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), (millionths) => {
        const value = Number((99.9 + millionths / 1e6).toFixed(6));
        expect(figureBeside(value, 99.9, '%') === '99.9 %').toBe(value === 99.9);
      }),
    );
    expect([money(1_234_567.5), money(0.0011), money(0)]).toEqual(['1,234,567.50 USD', '0.0011 USD', '0.00 USD']);
  });

  it('has lines of charts at round numbers, up to beyond what is drawn', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1e7, noNaN: true }), (most) => {
        const levels = roundLevels(most);
        expect(levels[0]).toBe(0);
        expect(levels.at(-1)).toBeGreaterThanOrEqual(most * (1 - 1e-9));
        expect(levels.length).toBeGreaterThan(2);
        expect(levels.length).toBeLessThan(7);
        expect(new Set(levels.map((level) => figure(level))).size).toBe(levels.length);
      }),
    );
  });

  it('says how many machines it does not draw', () => {
    const many = Array.from({ length: 14 }, (_, index) => machine(`m${index}`, [day('2026-11-01', 100)]));
    expect(htmlOf(report({ machines: list(...many) }))).toContain('2 more machines are in the table by day alone.');
  });

  it('leaves the order of words alone where a name is read from right to left', () => {
    expect(htmlOf(report({ name: 'متجر' }))).toContain('<h1>\u2068متجر\u2069, November 2026</h1>');
  });

  it('shows nothing of what clients write as anything but text', () => {
    const hostile = htmlOf(report({ name: '"><script>alert(1)</script>', remark: '<b onload=x>' }));
    expect(hostile).not.toContain('<script>');
    expect(hostile).toContain('&lt;b onload=x&gt;');
    expect(page).toContain('connect ECONNREFUSED &lt;127.0.0.1&gt;');
  });

  it('says up to when it speaks, what is on other pages, and that nothing was measured', () => {
    const running = htmlOf(
      report({
        complete: false,
        settled: false,
        until: '2026-11-20T08:30:00.000Z',
        violations: { ...report().violations, total: 250 },
        machines: list(),
      }),
    );
    expect(running).toContain('<dd>2026-11-01 00:00 UTC to 2026-11-20 08:30 UTC, the month goes on</dd>');
    expect(running).toContain('1 to 1 of 250; the others are on other pages');
    expect(running).toContain('No day was measured.');
  });

  it('has text that can be read against what is behind it, by day and by night', () => {
    const themes = [...page.matchAll(/:root \{([^}]*)\}/g)].map(([, body = '']) =>
      Object.fromEntries([...body.matchAll(/--(\w+): (#\w+)/g)].map(([, name = '', colour = '']) => [name, colour])),
    );
    expect(themes).toHaveLength(3);
    for (const theme of themes)
      for (const name of ['ink', 'faint', 'good', 'bad', 'a', 'b', 'c'])
        for (const behind of ['paper', 'panel'])
          expect([name, behind, contrast(theme[name] ?? '', theme[behind] ?? '') >= 4.5]).toEqual([name, behind, true]);
  });
});

/** WCAG 2, 1.4.3. */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const hex = colour.length === 4 ? colour.replaceAll(/[^#]/g, '$&$&') : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
