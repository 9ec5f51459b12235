import { agreedLevel, type Guarantee } from '@cloud-agency/sla';
import { initialTerms } from '../../agreements/terms.js';
import { termAttributes } from './agreement-terms.js';

const promised = { of: 'web', over: 3_600_000 } as const;
const group = { as: 'group' } as const;
const each = { as: 'each' } as const;

const described = (...guarantees: readonly Guarantee[]) => {
  const held = guarantees.map((guarantee, index) => ({ index, level: agreedLevel, guarantee }));
  return termAttributes(initialTerms(held, [{ id: 'web-1', item: 'web' }]));
};

it('says of each term which way its bounds go', () => {
  expect(
    described(
      { ...promised, term: 'throughput', scope: group, atLeast: 50 },
      { ...promised, term: 'cpu_utilisation', scope: each, atLeast: 0.05, atMost: 0.8 },
      { ...promised, term: 'error_rate', scope: group, atMost: 0.01 },
    ),
  ).toMatchObject({
    'throughput.term.desc': 'throughput of web together: at least 50 1/s',
    'cpu_utilisation.term.desc': 'cpu utilisation of each web: at least 5 % and at most 80 %',
    'error_rate.term.desc': 'error rate of web together: at most 1 %',
  });
});

it('tells promises of one term apart', () => {
  expect(
    described(
      { ...promised, term: 'metric', metric: 'queue', statistic: 'maximum', scope: each, atMost: 1000 },
      { ...promised, term: 'metric', metric: 'orders', statistic: 'rate', scope: each, atLeast: 2 },
    )['metric.term.desc'],
  ).toBe('queue (maximum) of each web: at most 1000; orders (rate) of each web: at least 2 1/s');
});
