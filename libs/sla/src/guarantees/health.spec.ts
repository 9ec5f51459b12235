import fc from 'fast-check';
import { combinedHealth, type Health, healthAfter, healthOf, type ProbeResult } from './health.js';

const after = (results: readonly ProbeResult[], allowed: number): Health =>
  results.reduce((health, result) => healthAfter(health, result, allowed), healthOf('unknown'));

const inTurn = (...oks: boolean[]): ProbeResult[] => oks.map((ok, index) => ({ at: index * 10, ok }));

describe('health of a machine', () => {
  it('is unknown before the first probe and up after the first success', () => {
    expect(after([], 2).state).toBe('unknown');
    expect(after(inTurn(true), 2).state).toBe('up');
  });

  it('is down with the allowed number of failures in a row, counted from the first of them', () => {
    expect(after(inTurn(true, false), 2).state).toBe('up');
    expect(after(inTurn(true, false, false), 2)).toMatchObject({ state: 'down', failingSince: 10 });
    expect(after(inTurn(true, false, true, false), 2).state).toBe('up');
  });

  it('is up again after one success', () => {
    expect(after(inTurn(false, false, false, true), 2)).toMatchObject({ state: 'up', failingSince: null });
  });

  it('depends on nothing but the newest success and the failures after it', () => {
    const results = fc.array(fc.record({ at: fc.integer({ min: 0, max: 1_000_000 }), ok: fc.boolean() }), { maxLength: 40 });
    fc.assert(
      fc.property(results, fc.integer({ min: 1, max: 5 }), (given, allowed) => {
        const ordered = [...new Map(given.map((result) => [result.at, result])).values()].sort((a, b) => a.at - b.at);
        const lastSuccess = ordered.findLastIndex((result) => result.ok);
        const failures = ordered.length - 1 - lastSuccess;
        const expected = failures >= allowed ? 'down' : lastSuccess >= 0 ? 'up' : 'unknown';
        expect(after(ordered, allowed).state).toBe(expected);
      }),
    );
  });

  it('is not changed by a probe that is told twice or late', () => {
    const results = inTurn(true, false, false);
    const known = after(results, 3);
    fc.assert(
      fc.property(fc.constantFrom(...results), fc.integer({ min: 0, max: 20 }), fc.boolean(), (again, at, ok) => {
        expect(healthAfter(known, again, 3)).toBe(known);
        expect(healthAfter(known, { at, ok }, 3)).toBe(known);
      }),
    );
  });
});

describe('health of a machine with several probes', () => {
  it('is down when one says so, up when all do, unknown else', () => {
    expect(combinedHealth(['up', 'down', 'unknown'])).toBe('down');
    expect(combinedHealth(['up', 'up'])).toBe('up');
    expect(combinedHealth(['up', 'unknown'])).toBe('unknown');
    expect(combinedHealth([])).toBe('unknown');
  });
});
