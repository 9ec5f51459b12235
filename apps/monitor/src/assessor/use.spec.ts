import { Assessor } from './assessor.js';
import type { Finding } from './findings.js';
import type { Target, Watch } from './sample.js';

const minute = 60_000;
const start = Date.parse('2026-03-01T00:00:00Z');
const target = (placement = 'a-1'): Target => ({ resource: 'a', item: 'web', placement, address: '127.0.0.1' });

const overused = { metric: 'cpu', side: 'above', bound: 0.8, until: 0.7, for: 5 * minute } as const;
const underused = { metric: 'cpu', side: 'below', bound: 0.2, until: 0.3, for: 5 * minute } as const;

function watching(targets: readonly Target[] = [target()], of: string | null = 'web'): Watch {
  return {
    agreement: 'agreement',
    version: 1,
    active: true,
    resources: [...targets],
    probes: [],
    guarantees: [],
    utilisation: [
      { rule: 3, of, use: overused },
      { rule: 5, of, use: underused },
    ],
  };
}

const nobody = { ids: { next: () => 'id' }, onDirty: () => undefined, onTouch: () => undefined, onCatchUp: () => undefined };

/** What is found while a machine is measured once a minute. */
class Measuring {
  private minutes = 0;
  readonly assessor: Assessor;

  constructor(watch = watching()) {
    this.assessor = new Assessor(watch, { machines: [], terms: [] }, start, nobody);
    this.assessor.takeChanges();
  }

  /** The minute and the kind of each finding. */
  of(shares: readonly (number | undefined)[], placement = 'a-1'): readonly (readonly [number, string])[] {
    return shares.flatMap((value) => {
      const at = start + this.minutes * minute;
      if (value !== undefined) this.assessor.takeUse(placement, { at, value }, at);
      this.minutes += 1;
      return this.found().map(({ finding }) => [this.minutes - 1, finding] as const);
    });
  }

  found(): readonly Finding[] {
    return this.assessor.takeChanges().flatMap(({ finding }) => (finding ? [finding] : []));
  }
}

const times = (count: number, share: number): readonly number[] => Array.from({ length: count }, () => share);

describe('the use of a machine', () => {
  it('is too much once it has been for as long as the rule says, and again while it lasts', () => {
    expect(new Measuring().of(times(13, 0.9))).toEqual([
      [5, 'resource.overused'],
      [10, 'resource.overused'],
    ]);
  });

  it('is too little in the same way', () => {
    expect(new Measuring().of(times(7, 0.1))).toEqual([[5, 'resource.underused']]);
  });

  it('begins anew when it is within the bound for one reading', () => {
    expect(new Measuring().of([...times(4, 0.9), 0.75, ...times(5, 0.9)])).toEqual([]);
  });

  it('is over only once it has come back to `until`', () => {
    expect(new Measuring().of([...times(6, 0.9), ...times(5, 0.75)])).toEqual([
      [5, 'resource.overused'],
      [10, 'resource.overused'],
    ]);
    expect(new Measuring().of([...times(6, 0.9), 0.7, ...times(5, 0.75)])).toEqual([[5, 'resource.overused']]);
  });

  it('says nothing across a gap in which anything may have been', () => {
    expect(new Measuring().of([...times(3, 0.9), ...Array.from({ length: 11 }, () => undefined), ...times(5, 0.9)])).toEqual([]);
  });

  it('of the machine before says nothing of the one that took its place', () => {
    const measuring = new Measuring();
    expect(measuring.of(times(4, 0.9))).toEqual([]);
    measuring.assessor.revise(watching([target('a-2')]), start + 4 * minute);
    expect(measuring.of(times(5, 0.9), 'a-2')).toEqual([]);
    expect(measuring.of(times(2, 0.9), 'a-1')).toEqual([]);
    expect(measuring.of([0.9], 'a-2')).toEqual([[11, 'resource.overused']]);
  });

  it('goes on being counted when the watch is told anew', () => {
    const measuring = new Measuring();
    measuring.of(times(4, 0.9));
    measuring.assessor.revise(watching(), start + 4 * minute);
    expect(measuring.of(times(2, 0.9))).toEqual([[5, 'resource.overused']]);
  });

  it('is waited for anew after a restart, so that nothing is told that was not seen', () => {
    new Measuring().of(times(4, 0.9));
    expect(new Measuring().of(times(5, 0.9))).toEqual([]);
  });

  it('is that of the items that the rule names', () => {
    expect(new Measuring(watching([target()], 'db')).of(times(7, 0.9))).toEqual([]);
    expect(new Measuring(watching([target()], null)).of(times(7, 0.9))).toHaveLength(1);
  });

  it('is told with the rule, the machine and the figures', () => {
    const measuring = new Measuring();
    for (let at = start; at <= start + 5 * minute; at += minute) measuring.assessor.takeUse('a-1', { at, value: 0.9215 }, at);
    expect(measuring.found()).toEqual([
      {
        performative: 'finding',
        agreement: 'agreement',
        finding: 'resource.overused',
        at: '2026-03-01T00:05:00.000Z',
        message: 'A machine of web is overused: its cpu has been above 80 % for 5 min, at last 92.15 %.',
        resource: 'a',
        placement: 'a-1',
        use: { rule: 3, metric: 'cpu', wanted: 80, measured: 92.15, unit: '%' },
        samples: [],
      },
    ]);
  });
});
