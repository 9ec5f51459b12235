import type { Agreement, Term, Violation } from '../entities/agreement.js';
import { promiseLines } from './promises.js';

const term: Term = {
  ...{ term: 'response_time', of: 'web', index: 1, resource: 'm1', state: 'fulfilled', side: 'at_most' },
  ...{ wanted: 200, measured: 31.25, unit: 'ms', spent: 0.25, remedy: '5 USD for each violation' },
};
const agreement: Agreement = {
  ...{ id: 'a', name: 'shop', cfp: 'c', state: 'accepted', agreedAt: '', level: 'agreed', penalties: 5, rewards: 0 },
  ...{ terms: [term], reactions: [] },
  health: [{ resource: 'm1', title: 'shop-web-1', address: null, state: 'up', milliseconds: null }],
};
const violation: Violation = {
  ...{ id: 'v', guarantee: 1, term: 'response_time', of: 'm1', wanted: 200, measured: 250, worst: 900, unit: 'ms' },
  ...{
    opened: '2026-01-01T12:00:00.000Z',
    closed: '2026-01-01T12:03:00.000Z',
    duration: 180,
    count: 40,
    penalty: '5 USD for 2026-01',
  },
  samples: [1, 2, 3, 4].map((second) => ({
    ...{ at: `2026-01-01T12:00:0${second}.000Z`, metric: 'response_time', value: 200 + second, detail: 'HTTP 200' },
  })),
};
const shown = (change: Partial<Term>, violations: readonly Violation[] = []): string =>
  promiseLines({ agreement: { ...agreement, terms: [{ ...term, ...change }] }, violations, renegotiations: [] }).join('\n');

describe('how promises were kept', () => {
  it('is said of each guarantee: how it stands, what was violated, what proves it and what it costs', () => {
    expect(shown({}, [violation])).toBe(
      [
        '  response_time of shop-web-1: fulfilled, ≤ 200 ms is promised, 31.2 ms is measured, 25.0 % of its allowance is spent; a breach costs 5 USD for each violation',
        '    violated from 2026-01-01T12:00:00.000Z to 2026-01-01T12:03:00.000Z (3 min): at worst 900 ms of ≤ 200 ms, 40 measurements against it; penalty 5 USD for 2026-01',
        '      2026-01-01T12:00:02.000Z response_time 202 ms, HTTP 200',
        '      2026-01-01T12:00:03.000Z response_time 203 ms, HTTP 200',
        '      2026-01-01T12:00:04.000Z response_time 204 ms, HTTP 200',
        '  Penalties: 5.00 USD credited to you.',
      ].join('\n'),
    );
  });

  it('says why it is at risk', () => {
    expect(shown({ risk: { by: 'trend', at: '2026-01-02T00:00:00.000Z' } })).toContain(
      'at risk, ≤ 200 ms is promised, 31.2 ms is measured, 25.0 % of its allowance is spent; if it goes on like this it is violated at 2026-01-02T00:00:00.000Z',
    );
    expect(shown({ risk: { by: 'burn_rate', rate: 15.2345, window: 3_600_000 } })).toContain(
      'it is being spent 15.2 times too fast, over 60 min',
    );
  });

  it('tells of what was violated and is not promised any more, and how many were before the newest', () => {
    const gone = '  Of guarantees that hold no more:\n    response_time of shop-web-1\n';
    expect(shown({ index: 7 }, [violation])).toContain(gone);
    // Renegotiated: another has its number.
    expect(shown({ wanted: 300 }, [violation])).toContain(gone);
    expect(shown({ term: 'availability' }, [violation])).toContain(gone);
    expect(
      shown(
        {},
        Array.from({ length: 8 }, () => violation),
      ),
    ).toContain('    3 earlier violations\n');
  });
});
