import type { Guarantee } from '../documents/guarantee.js';
import { boundsOf, guaranteeName, wantedOf } from './shown.js';

const promised = { of: 'web', scope: { as: 'each' }, over: 3_600_000 } as const;

it.each<[Guarantee, string, object]>([
  [{ ...promised, term: 'availability', atLeast: 0.9995 }, 'availability', { atLeast: 99.95 }],
  [{ ...promised, term: 'availability', counted: 'requests', atLeast: 0.995 }, 'availability by requests', { atLeast: 99.5 }],
  [{ ...promised, term: 'response_time', percentile: 95, atMost: 200 }, 'response time (percentile 95)', { atMost: 200 }],
  [{ ...promised, term: 'cpu_utilisation', atLeast: 0.05, atMost: 0.8 }, 'cpu utilisation', { atLeast: 5, atMost: 80 }],
  [{ ...promised, term: 'throughput', atLeast: 50 }, 'throughput', { atLeast: 50 }],
  [{ ...promised, term: 'error_rate', atMost: 0.01 }, 'error rate', { atMost: 1 }],
  [
    { ...promised, term: 'metric', metric: 'queue_length', statistic: 'maximum', atMost: 1000 },
    'queue_length (maximum)',
    { atMost: 1000 },
  ],
  [{ ...promised, term: 'expression', value: 'errors / 2', atMost: 0.02 }, 'errors / 2', { atMost: 0.02 }],
])('is shown by what it is about and all that it promises', (guarantee, name, bounds) => {
  expect(guaranteeName(guarantee)).toBe(name);
  expect(boundsOf(guarantee)).toEqual(bounds);
  expect(Object.values(bounds)).toContain(wantedOf(guarantee).wanted);
});
