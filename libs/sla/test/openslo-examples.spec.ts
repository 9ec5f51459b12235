/**
 * What the examples that are published with OpenSLO v1 look like, of each the parts that differ, and what becomes of them: taken, or refused for a reason
 * that one can do something about. They ask monitoring systems by queries, so none is carried out as it stands.
 */
import { AgencyError } from '@cloud-agency/errors';
import { checkOpenSlo } from '../src/index.js';

const head = (kind: string, name: string): string => `apiVersion: openslo/v1
kind: ${kind}
metadata: { name: ${name}, displayName: An example, labels: { env: [prod], team: [team-a, team-b] } }
`;
const queried = '{ metricSource: { type: Prometheus, spec: { query: "sum(http_requests)" } } }';
const measured = (metric: string): string => `{ metricSource: { type: Prometheus, spec: { metric: ${metric} } } }`;

interface Example {
  readonly ratio?: string;
  readonly window?: string;
  readonly method?: string;
  readonly objective?: string;
  readonly policies?: string;
}

const slo = ({
  ratio = `{ good: ${measured('good')}, total: ${measured('total')} }`,
  window = '{ duration: 4w, isRolling: true }',
  method = 'Occurrences',
  objective = '{ target: 0.98 }',
  policies = '',
}: Example): string => `${head('SLO', 'foo-slo')}spec:
  description: This is a great description
  service: the-service-name
  indicator: { metadata: { name: foo-error }, spec: { ratioMetric: ${ratio} } }
  timeWindow: [${window}]
  budgetingMethod: ${method}
  objectives: [${objective}]
  ${policies}
`;

const condition = (said: string): string => `${head('AlertCondition', 'cpu-usage-breach')}spec:
  description: If the CPU usage is too high for given period then it should alert
  severity: page
  condition: { kind: burnrate, ${said} }
`;
const target = (name: string, where: string): string => `${head('AlertNotificationTarget', name)}spec: { target: ${where} }\n`;
const policy = `${head('AlertPolicy', 'low-priority')}spec:
  alertWhenBreaching: true
  conditions: [{ conditionRef: cpu-usage-breach }]
  notificationTargets: [{ targetRef: on-call }]
`;
const alerted = (said: string, where = 'https://example.org/on-call'): string =>
  [
    slo({ policies: 'alertPolicies: [{ alertPolicyRef: low-priority }]' }),
    policy,
    condition(said),
    target('on-call', where),
  ].join('---\n');

describe('examples of the specification', () => {
  it.each([
    ['occurrences over a rolling window', slo({})],
    [
      'slices that are good or bad',
      slo({ method: 'Timeslices', objective: '{ op: gt, target: 0.995, timeSliceTarget: 0.95, timeSliceWindow: 1m }' }),
    ],
    [
      'slices that are averaged',
      slo({
        method: 'RatioTimeslices',
        window: '{ duration: 2w, isRolling: true }',
        objective: '{ op: gt, target: 0.99, timeSliceWindow: 1m }',
      }),
    ],
    [
      'a Service, a DataSource',
      `${head('Service', 'web')}spec: { description: Web }\n---\n${head('DataSource', 'cloudwatch')}spec: { type: CloudWatch, connectionDetails: { accessKeyID: a } }\n`,
    ],
    ['an AlertCondition that nothing uses', condition('op: lte, threshold: 2, lookbackWindow: 1h, alertAfter: 5m')],
    ['a target that nothing uses', target('on-call', 'email')],
    ['an AlertPolicy', alerted('op: gte, threshold: 14.4, lookbackWindow: 56m').replace('4w', '28d')],
  ])('are taken: %s', (_, text) => {
    expect(() => {
      checkOpenSlo(text);
    }).not.toThrow();
  });

  it.each([
    [
      'a query',
      slo({ ratio: `{ counter: true, good: ${queried}, total: ${queried} }` }),
      'unsupported',
      'the Agency asks no Prometheus',
    ],
    [
      'another system',
      slo({ ratio: `{ good: ${measured('a').replace('Prometheus', 'Datadog')}, total: ${measured('b')} }` }),
      'unsupported',
      'does not read Datadog',
    ],
    [
      'a week that begins on a Saturday at noon',
      slo({
        window: '{ duration: 1w, isRolling: false, calendar: { startTime: 2022-01-01 12:00:00, timeZone: America/New_York } }',
      }),
      'unsupported',
      'weeks on Monday',
    ],
    [
      'a calendar of one minute, meant as a month',
      slo({
        window: '{ duration: 1m, isRolling: false, calendar: { startTime: 2022-01-01 12:00:00, timeZone: America/New_York } }',
      }),
      'unsupported',
      'a calendar window of 1m',
    ],
    ['a burn rate below', alerted('op: lte, threshold: 24, lookbackWindow: 15m, alertAfter: 3m'), 'unsupported', 'write op: gte'],
    [
      'a burn rate that is not looked at',
      alerted('op: gte, threshold: 2, lookbackWindow: 1h'),
      'unsupported',
      'a burn rate of 2 over 1h',
    ],
    [
      'an alert that waits',
      alerted('op: gte, threshold: 14.4, lookbackWindow: 56m, alertAfter: 5m'),
      'unsupported',
      'leave alertAfter out',
    ],
    [
      'a target that is a name',
      alerted('op: gte, threshold: 14.4, lookbackWindow: 56m', 'slack'),
      'unsupported',
      'an http or https URL',
    ],
    [
      'policies by bare names',
      slo({ policies: 'alertPolicies: [foo-alert-policy]' }),
      'invalid-document',
      'spec.alertPolicies[0]',
    ],
    ['policies of which there is nothing', slo({ policies: 'alertPolicies:' }), 'invalid-document', 'spec.alertPolicies'],
    [
      'a reference that is not in the file',
      slo({ policies: 'alertPolicies: [{ alertPolicyRef: far-away }]' }),
      'invalid-document',
      'there is no AlertPolicy "far-away" in this file',
    ],
    [
      'parts that weigh differently',
      slo({
        objective: `{ target: 0.98, compositeWeight: 1, indicator: { metadata: { name: a }, spec: { thresholdMetric: ${measured('a')} } }, op: lte, value: 1 }, { target: 0.99, compositeWeight: 2, indicator: { metadata: { name: b }, spec: { thresholdMetric: ${measured('b')} } }, op: lte, value: 1 }`,
      }).replace(/ {2}indicator: .*\n/, ''),
      'unsupported',
      'cannot weigh differently',
    ],
    ['a version before', slo({}).replace('openslo/v1', 'openslo/v1alpha'), 'invalid-document', 'openslo/v1'],
  ])('are refused with a reason: %s', (_, text, code, words) => {
    let error: unknown;
    try {
      checkOpenSlo(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AgencyError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) as string });
  });
});
