/** Files as people write them, of every part of OpenSLO v1 at once: each is carried out, and written again as it was, or refused where it stands. */
import { AgencyError } from '@cloud-agency/errors';
import fc from 'fast-check';
import { checkOpenSlo, type Guarantee, parseCall, statisticOf, writeOpenSlo } from '../src/index.js';

const call = `apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources: { web: { kind: compute, count: 3 }, db: { kind: compute } }
probes: [{ of: web, http: "http://{address}:8080/", every: 10 s }, { of: db, http: "http://{address}:8080/", every: 10 s }]
`;
const some = fc.constantFrom;
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const rarely = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<NoInfer<T>>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: usual }, rare);

const metric = rarely<string>(
  some('up', 'response_time', 'cpu_utilisation', 'requests', 'errors', 'queue', 'orders', 'paid'),
  some('jobs.waiting', 'http:asked', 'price', 'certificate_days', 'cpu_utilisation.difference'),
);
const spec: fc.Arbitrary<object> = rarely<object>(
  fc.record({ metric }),
  fc.oneof(fc.record({ metric, by: some('probe', 'resource', 'vendor') }), fc.record({ query: fc.constant('sum(up)') })),
);
const metricSource: fc.Arbitrary<object> = rarely<object>(
  fc.oneof(
    fc.record({ type: some('CloudAgency', 'Prometheus', 'OpenTelemetry'), spec }),
    fc.record({ metricSourceRef: some('own', 'prometheus'), spec }),
  ),
  fc.record({ metricSourceRef: some('own', 'prometheus', 'nowhere'), type: some('Datadog', 'CloudAgency'), spec }),
);
const source = fc.record({ metricSource });
const counter = maybe(fc.boolean());
const threshold = fc.record({ thresholdMetric: source });
const ratio = fc.oneof(
  fc.record({ ratioMetric: fc.record({ counter, good: source, total: source }) }),
  fc.record({ ratioMetric: fc.record({ counter, bad: source, total: source }) }),
  fc.record({ ratioMetric: fc.record({ raw: source, rawType: some('success', 'failure') }) }),
);
const timeWindow = fc.oneof(
  fc.record({ duration: some('90m', '1h', '7d', '30d', '4w', '1M', '1Y'), isRolling: fc.constant(true) }),
  fc.record({
    duration: some('1d', '1w', '1M', '1Q', '3M', '1Y'),
    calendar: fc.record({
      startTime: rarely<string>(
        some('2024-01-01 00:00:00'),
        some('2026-02-30 00:00:00', '2026-13-01 00:00:00', '2026-04-15 12:00:00'),
      ),
      timeZone: rarely<string>(some('UTC', 'America/New_York'), some('Mars/Base')),
    }),
  }),
);
const target: fc.Arbitrary<object> = fc.oneof(
  fc.record({ target: some(0, 0.5, 0.9995, 0.123456789, 0.999999999) }),
  fc.record({ targetPercent: some(50, 99.95, 33.333333333) }),
);
const bounds = fc.record({ op: some('lte', 'gte', 'lt', 'gt'), value: some(0, 0.1, 0.8, 1, 200, 1e-7) });
const sliced = fc.record({ timeSliceWindow: some('1m', '5m', 5, '2d'), timeSliceTarget: some(0.5, 0.95, 1) });
const policy = fc.record({
  alertWhenBreaching: fc.constant(true),
  alertWhenResolved: rarely<boolean | undefined>(maybe(fc.constant(false)), fc.constant(true)),
  conditions: fc
    .record({ threshold: some(14.4, 6), lookbackWindow: some('1h', '6h'), op: fc.constant('gte') })
    .map((condition) => [
      {
        kind: 'AlertCondition',
        metadata: { name: 'fast' },
        spec: { severity: 'page', condition: { kind: 'burnrate', ...condition } },
      },
    ]),
  notificationTargets: some([{ targetRef: 'us' }]),
});

const head = (kind: string, name: string) => ({ apiVersion: 'openslo/v1', kind, metadata: { name } });
const slo = fc
  .record({
    indicator: fc.oneof(threshold, ratio),
    timeWindow,
    budgetingMethod: some('Occurrences', 'Timeslices', 'RatioTimeslices'),
    objective: fc.tuple(target, bounds, sliced),
    service: rarely<string>(some('web', 'db'), some('Web Shop')),
    isReferred: fc.boolean(),
    isComposite: fc.boolean(),
    policy: maybe(policy),
  })
  .map(({ indicator, timeWindow: window, objective: [wanted, bound, slices], isReferred, isComposite, ...rest }) => {
    const named = isReferred ? { indicatorRef: 'shared' } : { indicator: { metadata: { name: 'own' }, spec: indicator } };
    const objective = {
      ...wanted,
      ...('thresholdMetric' in indicator && bound),
      ...(rest.budgetingMethod !== 'Occurrences' && slices),
      ...(isComposite && named),
    };
    const { service, budgetingMethod, policy: own } = rest;
    const alertPolicies = own && [{ kind: 'AlertPolicy', metadata: { name: 'burning' }, spec: own }];
    const said = { service, ...(!isComposite && named), timeWindow: [window], budgetingMethod, objectives: [objective] };
    return [
      { ...head('SLO', 'objective'), spec: { ...said, ...(alertPolicies && { alertPolicies }) } },
      { ...head('SLI', 'shared'), spec: indicator },
    ];
  });
const others = [
  { ...head('DataSource', 'own'), spec: { type: 'CloudAgency', connectionDetails: { by: 'resource' } } },
  { ...head('DataSource', 'prometheus'), spec: { type: 'Prometheus', connectionDetails: { url: 'http://p.example' } } },
  { ...head('AlertNotificationTarget', 'us'), spec: { target: 'https://example.org/hook' } },
];

const meant = (one: Guarantee): object => (one.term === 'availability' ? one : { ...one, statistic: statisticOf(one) });

it('is carried out and comes back as it was, or is refused where it stands', () => {
  let taken = 0;
  fc.assert(
    fc.property(slo, (objects) => {
      const text = [...objects, ...others].map((one) => JSON.stringify(one)).join('\n---\n');
      try {
        const before = parseCall(`${call}---\n${text}`).call;
        taken += 1;
        const written = writeOpenSlo('shop', before.guarantees, before);
        checkOpenSlo(written);
        const after = parseCall(`${call}---\n${written}`).call;
        expect(written).not.toContain('# Left out');
        expect(after.guarantees.map(meant)).toEqual(before.guarantees.map(meant));
        expect([after.reactions, after.notify]).toEqual([before.reactions, before.notify]);
      } catch (error) {
        if (!(error instanceof AgencyError)) throw error;
        expect(error.code).toMatch(/^(invalid-document|unsupported)$/);
        const { problems = [error.details] } = error.details as { problems?: readonly { path?: string }[] };
        for (const { path } of problems) expect(path).toMatch(/^spec\./);
      }
    }),
    { numRuns: 200 },
  );
  expect(taken).toBeGreaterThan(0);
});
