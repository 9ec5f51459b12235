import { parseCall } from '@cloud-agency/sla';
import { basisOf } from '../../src/reports/basis.js';

const guarantees = [
  ['{ term: availability, of: web, at_least: 99 %, over: 30 d }', null, 'share of the time, promised over 30 d, by probe'],
  [
    '{ term: availability, of: web, as: group, min_up: 2, at_least: 99 %, over: month, time_zone: Europe/Paris }',
    null,
    'share of the time with 2 or more up, promised over the month (Europe/Paris), by probe',
  ],
  [
    '{ term: availability, counted: requests, of: web, at_least: 99 %, over: 1 d, slices: { each: 1 min, at_least: 99 % } }',
    null,
    'share of requests, as a share of slices of 1 min, promised over 1 d, by resource',
  ],
  [
    "{ term: response_time, of: web, at_most: 200 ms, over: 5 min, when: 'load < 5' }",
    null,
    'percentile 95, promised over 5 min, by probe',
  ],
  [
    '{ term: metric, metric: queue, of: web, statistic: maximum, at_most: 9, over: 1 h }',
    'queue',
    'maximum, promised over 1 h, by resource',
  ],
  [
    "{ term: expression, of: web, value: 'errors / requests', at_most: 0.1, over: 1 h }",
    'errors / requests',
    'value of the expression, promised over 1 h, by resource',
  ],
  ['{ term: error_rate, of: web, at_most: 1 %, over: 1 h }', null, 'share of requests, promised over 1 h, by resource'],
] as const;

it.each(guarantees)('what %s is made of', (written, about, basis) => {
  const { call } = parseCall(`apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute, count: 2 } }
probes: [{ of: web, http: "http://{address}/" }]
guarantees:
  - ${written}
`);
  expect(basisOf(call.guarantees[0])).toEqual({ about, basis });
});
