import { AgencyError } from '@cloud-agency/errors';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { promisesIn } from '../src/documents/openslo/join.js';
import { Problems } from '../src/documents/problems.js';
import { plainValue, readSources } from '../src/documents/source.js';
import { type Call, checkOpenSlo, type Guarantee, parseCall, statisticOf, withItem, writeOpenSlo } from '../src/index.js';

const call = `apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources:
  web: { kind: compute, count: 3 }
  db: { kind: compute }
probes:
  - { of: web, http: "http://{address}:8080/health", every: 10 s }
  - { of: db, http: "http://{address}:8080/health", every: 10 s }
`;

interface Said {
  readonly indicator?: string;
  readonly window?: string;
  readonly method?: string;
  readonly objectives?: string;
  readonly more?: string;
  readonly annotations?: string;
  readonly service?: string;
}

const source = (spec: string): string => `{ metricSource: { type: CloudAgency, spec: ${spec} } }`;
const threshold = (metric: string): string => `{ thresholdMetric: ${source(`{ metric: ${metric} }`)} }`;

/** An SLO of everything as usual but what is said; its spec begins at the seventh line. */
const slo = ({
  indicator = threshold('response_time'),
  window = '{ duration: 1h, isRolling: true }',
  method = 'Occurrences',
  objectives = '[{ op: lte, value: 200, target: 0.95 }]',
  more = '',
  annotations = '{}',
  service = 'web',
}: Said = {}): string => `apiVersion: openslo/v1
kind: SLO
metadata:
  name: web-objective
  annotations: ${annotations}
spec:
  service: ${service}
  indicator: { metadata: { name: what }, spec: ${indicator} }
  timeWindow: [${window}]
  budgetingMethod: ${method}
  objectives: ${objectives}
  ${more}
`;

const together = (...documents: readonly string[]): string => [call, ...documents].join('---\n');
const read = (...documents: readonly string[]): Call => parseCall(together(...documents)).call;
const refusal = (run: () => unknown): AgencyError => {
  try {
    run();
  } catch (error) {
    if (error instanceof AgencyError) return error;
    throw error;
  }
  throw new Error('It was taken.');
};

describe('an SLO beside a call', () => {
  it.each<[string, Said, Partial<Guarantee> & Record<string, unknown>]>([
    ['a threshold from above', {}, { term: 'response_time', of: 'web', percentile: 95, atMost: 200, over: 3_600_000 }],
    [
      'a threshold from below',
      { indicator: threshold('cpu_utilisation'), objectives: '[{ op: gte, value: 0.1, targetPercent: 99 }]' },
      { term: 'cpu_utilisation', percentile: 1.000001, atLeast: 0.1 },
    ],
    [
      "an application's own metric",
      { indicator: threshold('queue.length'), objectives: '[{ op: lte, value: 5, target: 0.5 }]' },
      { term: 'metric', metric: 'queue.length', percentile: 50, atMost: 5 },
    ],
    [
      'up by time',
      {
        indicator: threshold('up'),
        method: 'RatioTimeslices',
        objectives: '[{ op: gte, value: 1, target: 0.999, timeSliceWindow: 1m }]',
      },
      { term: 'availability', atLeast: 0.999 },
    ],
    [
      'up by tries',
      { indicator: threshold('up'), objectives: '[{ op: gt, value: 0, target: 0.999 }]' },
      { term: 'availability', counted: 'requests', by: 'probe', atLeast: 0.999 },
    ],
    [
      'requests that failed',
      {
        indicator: `{ ratioMetric: { counter: true, bad: ${source('{ metric: errors, by: resource }')}, total: ${source('{ metric: requests, by: resource }')} } }`,
        objectives: '[{ target: 0.99 }]',
      },
      { term: 'availability', counted: 'requests', by: 'resource', atLeast: 0.99 },
    ],
    [
      'a ratio of own metrics',
      {
        indicator: `{ ratioMetric: { good: ${source('{ metric: paid }')}, total: ${source('{ metric: ordered }')} } }`,
        objectives: '[{ target: 0.9 }]',
      },
      { term: 'expression', value: 'paid / ordered', atLeast: 0.9 },
    ],
    [
      'a ratio by what is bad',
      {
        indicator: `{ ratioMetric: { bad: ${source('{ metric: lost }')}, total: ${source('{ metric: ordered }')} } }`,
        objectives: '[{ target: 0.9 }]',
      },
      { term: 'expression', value: '1 - lost / ordered', atLeast: 0.9 },
    ],
    [
      'a ratio as it is',
      {
        indicator: `{ ratioMetric: { raw: ${source('{ metric: cpu_utilisation }')}, rawType: failure } }`,
        objectives: '[{ target: 0.2 }]',
      },
      { term: 'cpu_utilisation', atMost: 0.8 },
    ],
    [
      'what the machine exposes',
      { indicator: '{ thresholdMetric: { metricSource: { type: Prometheus, spec: { metric: lag_ms } } } }' },
      { by: 'resource', metric: 'lag_ms' },
    ],
    [
      'a month of the calendar',
      { window: '{ duration: 1M, calendar: { startTime: "2026-02-01 00:00:00", timeZone: Europe/Paris } }' },
      { over: { period: 'month', zone: 'Europe/Paris' } },
    ],
    ['a quarter that rolls', { window: '{ duration: 1Q, isRolling: true }' }, { over: 90 * 86_400_000 }],
    [
      "a ratio as the specification's examples write it",
      {
        indicator: `{ ratioMetric: { good: ${source('{ metric: paid }')}, total: ${source('{ metric: ordered }')} } }`,
        objectives: '[{ displayName: Good, op: gt, target: 0.9 }]',
        annotations: '{ openslo.com/service-folder: ./my/directory }',
      },
      { term: 'expression', value: 'paid / ordered', atLeast: 0.9 },
    ],
    [
      'slices of time that are good or bad',
      { method: 'Timeslices', objectives: '[{ op: lte, value: 200, target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 5m }]' },
      { percentile: 95, atMost: 200, slices: { each: 300_000, atLeast: 0.99 } },
    ],
    [
      'slices of time in which requests may fail',
      {
        indicator: `{ ratioMetric: { counter: true, bad: ${source('{ metric: errors }')}, total: ${source('{ metric: requests }')} } }`,
        method: 'Timeslices',
        objectives: '[{ targetPercent: 99, timeSliceTarget: 0.9, timeSliceWindow: 1 }]',
      },
      { term: 'availability', counted: 'requests', atLeast: 0.9, slices: { each: 60_000, atLeast: 0.99 } },
    ],
    [
      'slices of time that are averaged',
      { method: 'RatioTimeslices', objectives: '[{ op: lte, value: 200, target: 0.9, timeSliceWindow: 5m }]' },
      { percentile: 90, atMost: 200, slices: { each: 300_000 } },
    ],
    [
      'a bound that itself is too much',
      { objectives: '[{ op: lt, value: 200, target: 0.9 }]' },
      { percentile: 90, atMost: 199.99999999999997 },
    ],
    [
      'a bound that itself is too little',
      { indicator: threshold('cpu_utilisation'), objectives: '[{ op: gt, value: 0, target: 0.9 }]' },
      { atLeast: Number.MIN_VALUE },
    ],
    [
      'what OpenSLO cannot say',
      {
        service: 'shop',
        annotations:
          '{ cloud-agency.dev/of: db, cloud-agency.dev/during: "Mon-Fri 08:00-20:00 Europe/Paris", cloud-agency.dev/penalty: "{ credit: 10 %, per: month }", other.org/x: y }',
      },
      { of: 'db', during: 'Mon-Fri 08:00-20:00 Europe/Paris', penalty: { credit: 0.1, of: 'charge', per: 'month', cap: 1 } },
    ],
  ])('is a guarantee: %s', (_, said, wanted) => {
    expect(read(slo(said)).guarantees).toEqual([expect.objectContaining(wanted)]);
  });

  it('finds what stands elsewhere in the file, in any order, one document or a list', () => {
    const objects = `- apiVersion: openslo/v1
  kind: SLO
  metadata: { name: fast }
  spec:
    service: web
    indicatorRef: latency
    timeWindow: [{ duration: 1d, isRolling: true }]
    budgetingMethod: Occurrences
    objectives: [{ op: lte, value: 100, target: 0.5 }, { op: lte, value: 300, target: 0.99 }]
- { apiVersion: openslo/v1, kind: Service, metadata: { name: web }, spec: { description: the shop } }
- { apiVersion: openslo/v1, kind: DataSource, metadata: { name: probes }, spec: { type: CloudAgency, connectionDetails: { by: probe } } }
`;
    const sli = `apiVersion: openslo/v1
kind: SLI
metadata: { name: latency }
spec: { thresholdMetric: { metricSource: { metricSourceRef: probes, spec: { metric: response_time } } } }
`;
    for (const text of [together(objects, sli), [sli, objects, call].join('---\n')])
      expect(parseCall(text).call.guarantees).toEqual([
        expect.objectContaining({ percentile: 50, atMost: 100, by: 'probe' }),
        expect.objectContaining({ percentile: 99, atMost: 300, by: 'probe' }),
      ]);
  });

  it('is added to the guarantees of the call, and keeps their numbers', () => {
    const own = `${call}guarantees: [{ term: availability, of: web, at_least: 99 %, over: 1 d }]\n`;
    expect(parseCall([own, slo()].join('---\n')).call.guarantees.map(({ term }) => term)).toEqual([
      'availability',
      'response_time',
    ]);
  });

  it('promises each part of a composite', () => {
    const part = (metric: string, value: number) =>
      `{ op: lte, value: ${value}, target: 0.9, compositeWeight: 2, indicator: { metadata: { name: m }, spec: ${threshold(metric)} } }`;
    const composite = slo({ objectives: `[${part('response_time', 200)}, ${part('cpu_utilisation', 0.8)}]` }).replace(
      / {2}indicator: .*\n/,
      '',
    );
    expect(read(composite).guarantees.map(({ term }) => term)).toEqual(['response_time', 'cpu_utilisation']);
  });

  it('says by an annotation which item it is of, whatever its service is called', () => {
    const named = slo({ service: 'Web Shop', annotations: '{ cloud-agency.dev/of: db }' });
    expect(read(named).guarantees.map(({ of }) => of)).toEqual(['db']);
  });

  it('refuses a type that is not that of its DataSource', () => {
    const dataSource = `apiVersion: openslo/v1\nkind: DataSource\nmetadata: { name: prom }\nspec: { type: Prometheus, connectionDetails: { url: "http://p" } }\n`;
    const both = '{ thresholdMetric: { metricSource: { metricSourceRef: prom, type: CloudAgency, spec: { metric: up } } } }';
    expect(refusal(() => read(slo({ indicator: both }), dataSource)).message).toContain(
      'the DataSource "prom" is of type Prometheus',
    );
  });

  it('is of the item that is named with the file, unless it names one itself', () => {
    const [one, other] = [
      slo({ service: 'anything' }),
      slo({ annotations: '{ cloud-agency.dev/of: web }' }).replace('web-objective', 'other'),
    ];
    expect(read(withItem(`${one}---\n${other}`, 'db')).guarantees.map(({ of }) => of)).toEqual(['db', 'web']);
  });
});

describe('what is wrong with OpenSLO is told at its line', () => {
  const offset = call.split('\n').length;
  it.each<[string, Said, number, string]>([
    ['an unknown field', { more: 'severity: high' }, 12, 'unknown field "severity"'],
    ['a method', { method: 'Occurences' }, 10, 'did you mean Occurrences?'],
    ['a duration', { window: '{ duration: 30days, isRolling: true }' }, 9, 'm is minutes, M months'],
    ['a window without a calendar', { window: '{ duration: 1d }' }, 9, 'needs a calendar'],
    [
      'a rolling window with one',
      { window: '{ duration: 1d, isRolling: true, calendar: { startTime: "2026-01-01 00:00:00", timeZone: UTC } }' },
      9,
      'has no calendar',
    ],
    ['two windows', { window: '{ duration: 1d, isRolling: true }, { duration: 2d, isRolling: true }' }, 9, 'exactly one'],
    ['a target of all', { objectives: '[{ op: lte, value: 1, target: 1 }]' }, 11, 'from 0 to below 1'],
    ['two targets', { objectives: '[{ op: lte, value: 1, target: 0.9, targetPercent: 90 }]' }, 11, 'and not both'],
    ['no bound', { objectives: '[{ target: 0.9 }]' }, 11, 'needs op and value'],
    ['an operator', { objectives: '[{ op: le, value: 1, target: 0.9 }]' }, 11, 'not one of gt, gte, lt, lte'],
    [
      'no slice',
      { method: 'RatioTimeslices', objectives: '[{ op: gte, value: 1, target: 0.9 }]' },
      11,
      '"timeSliceWindow" is missing',
    ],
    ['no objective', { objectives: '[]' }, 11, 'promises nothing'],
    [
      'two objectives of a threshold',
      { objectives: '[{ op: lte, value: 1, target: 0.9 }, { op: lte, value: 2, target: 0.99 }]' },
      11,
      'has one objective',
    ],
    [
      'both kinds of metric',
      { indicator: `{ thresholdMetric: ${source('{ metric: up }')}, ratioMetric: {} }` },
      8,
      'and not both',
    ],
    [
      'a bound of a ratio',
      { indicator: `{ ratioMetric: { raw: ${source('{ metric: up }')}, rawType: success } }` },
      11,
      'a ratioMetric has no op',
    ],
    [
      'an empty source',
      { indicator: '{ thresholdMetric: { metricSource: { type: CloudAgency, spec: {} } } }' },
      8,
      'at least one',
    ],
    [
      'no type',
      { indicator: '{ thresholdMetric: { metricSource: { spec: { metric: up } } } }' },
      8,
      'neither "type" nor "metricSourceRef"',
    ],
    [
      'a source that is not there',
      { indicator: '{ thresholdMetric: { metricSource: { metricSourceRef: none, spec: { metric: up } } } }' },
      8,
      'there is no DataSource "none"',
    ],
    ['an item that is not there', { service: 'shop' }, 7, 'there is no item "shop"'],
    ['an item that nothing can be called', { service: 'Web Shop' }, 7, 'there is no item "Web Shop"'],
    [
      'a day that there is not',
      { window: '{ duration: 1d, calendar: { startTime: "2026-02-30 00:00:00", timeZone: UTC } }' },
      9,
      'is not an instant',
    ],
    [
      'a raw ratio that is none',
      {
        indicator: `{ ratioMetric: { raw: ${source('{ metric: response_time }')}, rawType: success } }`,
        objectives: '[{ target: 0.9 }]',
      },
      8,
      'response_time is a duration',
    ],
    ['an annotation of ours', { annotations: '{ cloud-agency.dev/duing: x }' }, 5, 'did you mean during?'],
    [
      'a ratio that is good below',
      {
        indicator: `{ ratioMetric: { raw: ${source('{ metric: up }')}, rawType: success } }`,
        objectives: '[{ op: lt, target: 0.9 }]',
      },
      11,
      'no op but gt and gte',
    ],
    ['what an annotation says', { annotations: '{ cloud-agency.dev/during: "all day long" }' }, 5, 'all day long'],
  ])('%s', (_, said, line, words) => {
    const error = refusal(() => read(slo(said)));
    expect(error).toMatchObject({ code: 'invalid-document', message: expect.stringContaining(words) as string });
    expect((error.details.problems as { line: number }[])[0]?.line).toBe(offset + line);
  });

  it('tells all of it at once, and by itself where its call is not known', () => {
    const text = slo({ method: 'Often', objectives: '[]', window: '{ duration: 1x, isRolling: true }' });
    const error = refusal(() => {
      checkOpenSlo(text);
    });
    expect((error.details.problems as { line: number }[]).map(({ line }) => line)).toEqual([9, 10, 11]);
  });

  it.each([
    ['without a call', slo(), 'a call for proposals is missing'],
    ['with two calls', [call, call, slo()].join('---\n'), 'one call is submitted at a time'],
    ['of another version', together(slo().replace('openslo/v1', 'openslo/v2')), 'openslo/v1'],
    ['of an unknown kind', together(slo().replace('kind: SLO', 'kind: SLA')), 'is not one of SLO, SLI'],
    ['twice of one name', together(slo(), slo()), 'already'],
  ])('%s', (_, text, words) => {
    expect(refusal(() => parseCall(text)).message).toContain(words);
  });
});

describe('what the Agency cannot carry out is refused at its place, never dropped', () => {
  it.each<[string, Said, string]>([
    [
      'a query',
      { indicator: '{ thresholdMetric: { metricSource: { type: Prometheus, spec: { query: up } } } }' },
      'spec.indicator.spec.thresholdMetric.metricSource.spec.query',
    ],
    [
      'another source',
      { indicator: '{ thresholdMetric: { metricSource: { type: Datadog, spec: { metric: up } } } }' },
      'spec.indicator.spec.thresholdMetric.metricSource.type',
    ],
    [
      'a window of another calendar',
      { window: '{ duration: 3d, calendar: { startTime: "2026-01-01 00:00:00", timeZone: UTC } }' },
      'spec.timeWindow[0]',
    ],
    [
      'a month from its middle on',
      { window: '{ duration: 1M, calendar: { startTime: "2026-01-15 00:00:00", timeZone: UTC } }' },
      'spec.timeWindow[0].calendar.startTime',
    ],
    ['a target of nothing', { objectives: '[{ op: lte, value: 1, target: 0 }]' }, 'spec.objectives[0].target'],
    [
      'names that an expression cannot have',
      {
        indicator: `{ ratioMetric: { good: ${source('{ metric: http.ok }')}, total: ${source('{ metric: http.all }')} } }`,
        objectives: '[{ target: 0.9 }]',
      },
      'spec.indicator.spec.ratioMetric.good.metricSource.spec.metric',
    ],
    [
      'own counters in a ratio',
      {
        indicator: `{ ratioMetric: { counter: true, good: ${source('{ metric: a }')}, total: ${source('{ metric: b }')} } }`,
        objectives: '[{ target: 0.9 }]',
      },
      'spec.indicator.spec.ratioMetric.total.metricSource',
    ],
  ])('%s', (_, said, path) => {
    expect(refusal(() => read(slo(said)))).toMatchObject({
      code: 'unsupported',
      details: expect.objectContaining({ path }) as object,
    });
  });
});

describe('alert policies', () => {
  const policy = ({
    when = 'alertWhenBreaching: true',
    condition = '',
    target = 'https://example.org/hook',
  } = {}): string => `alertPolicies:
    - kind: AlertPolicy
      metadata: { name: burning }
      spec:
        ${when}
        conditions:
          - kind: AlertCondition
            metadata: { name: fast }
            spec: { severity: page, condition: { kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h${condition} } }
        notificationTargets:
          - kind: AlertNotificationTarget
            metadata: { name: us }
            spec: { target: "${target}" }
`;
  const monthly = '{ duration: 30d, isRolling: true }';
  const told = (text: string): { readonly problems: Problems; readonly found: unknown } => {
    const problems = new Problems();
    const { reactions, notify } = promisesIn(readSources(text), problems);
    return { problems, found: { reactions: reactions.map(plainValue), notify: notify.map(plainValue) } };
  };

  it('are rules on a risk, told to their targets as webhooks', () => {
    const { found, problems } = told(slo({ window: monthly, more: policy() }));
    problems.throwIfAny();
    expect(found).toEqual({
      reactions: [{ on: 'sla.at_risk', of: 'web', term: 'response_time', burn_rate: 14.4, do: 'notify' }],
      notify: [{ url: 'https://example.org/hook', events: [] }],
    });
  });

  it('are refused where two name different targets: a rule tells all webhooks of a call', () => {
    const second = slo({ window: monthly, more: policy({ target: 'https://example.org/other' }) }).replace(
      'web-objective',
      'other',
    );
    const error = refusal(() => read(slo({ window: monthly, more: policy() }), second));
    expect([error.code, error.message]).toEqual(['unsupported', expect.stringContaining('other targets')]);
  });

  it.each([
    ['a look back of another window', {}, '{ duration: 7d, isRolling: true }', '14.4 over 14m'],
    ['a delay', { condition: ', alertAfter: 5m' }, monthly, 'leave alertAfter out'],
    ['no data', { when: 'alertWhenBreaching: true\n        alertWhenNoData: true' }, monthly, 'missing'],
    ['the end of a risk', { when: 'alertWhenBreaching: true\n        alertWhenResolved: true' }, monthly, 'that a risk is over'],
    ['what is not told when it is met', { when: 'alertWhenBreaching: false' }, monthly, 'alertWhenBreaching: true'],
    ['a target that is no URL', { target: 'ops@example.org' }, monthly, 'is not reached'],
  ])('are refused for %s', (_, said, window, words) => {
    const { problems } = told(slo({ window, more: policy(said) }));
    const error = refusal(() => {
      problems.throwIfAny();
    });
    expect([error.code, error.message]).toEqual(['unsupported', expect.stringContaining(words)]);
  });
});

describe('guarantees as OpenSLO', () => {
  const share = fc.integer({ min: 0, max: 999_999 }).map((part) => `${part / 10_000} %`);
  const minutes = fc.integer({ min: 20, max: 100_000 }).map((count) => `${count} min`);
  const over = fc.oneof(
    minutes.map((length) => ({ over: length })),
    fc.record({ over: fc.constantFrom('day', 'week', 'month', 'quarter'), time_zone: fc.constantFrom('UTC', 'Europe/Paris') }),
  );
  const rest = fc.record(
    {
      during: fc.constant('Mon-Fri 08:00-20:00 Europe/Paris'),
      holidays: fc.constant(['2026-12-25']),
      when: fc.constant({ holds: 'requests < 100', by: 'resource' }),
      missing: fc.constantFrom('fails', { as: 'passes', after: '2 min' }),
      recover: fc.constant({ margin: '10 %' }),
      importance: fc.integer({ min: 1, max: 100 }),
      penalty: fc.constantFrom(
        { credit: '10 %', of: 'charge', per: 'month', cap: '50 %' },
        { amount: '5 USD', per: 'violation' },
      ),
    },
    { requiredKeys: [] },
  );
  const value = fc.integer({ min: 1, max: 100_000 }).map((whole) => whole / 8);
  const percentile = fc.integer({ min: 1, max: 9_999 }).map((hundredths) => hundredths / 100);
  const what = fc.oneof(
    fc.record({ term: fc.constant('availability'), at_least: share }),
    fc.record({ term: fc.constant('availability'), at_least: share, as: fc.constant('group'), min_up: fc.constantFrom(1, 2, 3) }),
    fc.record({
      term: fc.constant('availability'),
      counted: fc.constant('requests'),
      by: fc.constantFrom('probe', 'resource'),
      at_least: share,
    }),
    fc.record({ term: fc.constant('response_time'), percentile, at_most: value.map((ms) => `${ms} ms`) }),
    fc.record({ term: fc.constant('metric'), metric: fc.constantFrom('queue', 'jobs.waiting'), percentile, at_most: value }),
    fc.record({
      term: fc.constant('metric'),
      metric: fc.constant('queue'),
      percentile,
      at_least: value,
      by: fc.constant('resource'),
    }),
    fc.record({
      term: fc.constantFrom('cpu_utilisation', 'memory_utilisation'),
      at_most: fc.integer({ min: 1, max: 100 }).map((part) => `${part} %`),
    }),
    fc.record({
      term: fc.constant('expression'),
      value: fc.constantFrom('paid / ordered', '1 - lost / ordered', 'errors / requests'),
      at_least: share.map((text) => Number.parseFloat(text) / 100),
    }),
  );
  const guarantee = fc.tuple(what, over, rest).map(([one, window, others]) => ({ of: 'web', ...one, ...window, ...others }));

  const slices = fc.record(
    { each: fc.constantFrom('1 min', '4 min'), at_least: fc.constantFrom('50 %', '99.5 %') },
    { requiredKeys: ['each'] },
  );
  /** Slices where OpenSLO has a form for them: not of time, nor of probes that are averaged, nor of such as are good whatever comes. */
  const takesSlices = (one: object, cut: { readonly at_least?: string }): boolean => {
    const { term, counted, by, at_least: least, at_most: most } = one as Readonly<Record<string, string | undefined>>;
    if (term === 'availability' && (counted === undefined || (by === 'probe' && cut.at_least === undefined))) return false;
    return most !== '100 %' && (least === undefined || Number.parseFloat(least) > 0);
  };
  const sliced = fc
    .tuple(guarantee, fc.option(slices))
    .map(([one, cut]) => (cut && takesSlices(one, cut) ? { ...one, slices: cut } : one));
  const risk = fc.record({
    on: fc.constant('sla.at_risk'),
    of: fc.constant('web'),
    term: fc.constantFrom('availability', 'response_time', 'metric', 'expression', 'cpu_utilisation'),
    burn_rate: fc.constantFrom(14.4, 6, 3, 1),
    do: fc.constant('notify'),
  });
  const told = fc.array(fc.constantFrom('https://example.org/a', 'https://example.org/b'), { minLength: 1, maxLength: 2 });

  /** Where nothing is said a usual statistic is meant. */
  const meant = (one: Guarantee): object => (one.term === 'availability' ? one : { ...one, statistic: statisticOf(one) });

  it('are the same guarantees when they are read back', () => {
    fc.assert(
      fc.property(fc.array(sliced, { minLength: 1, maxLength: 4 }), (written) => {
        const { guarantees } = parseCall(`${call}guarantees: ${JSON.stringify(written)}\n`).call;
        const text = writeOpenSlo('shop', guarantees);
        expect(text).not.toContain('# Left out');
        checkOpenSlo(text);
        expect(read(text).guarantees.map(meant)).toEqual(guarantees.map(meant));
      }),
      { numRuns: 60 },
    );
  });

  it('are told of as they were, by the same rules to the same webhooks', () => {
    const monthly = what.map((one) => ({ of: 'web', ...one, over: '30 d' }));
    fc.assert(
      fc.property(
        fc.array(monthly, { minLength: 1, maxLength: 3 }),
        fc.array(risk, { maxLength: 4 }),
        told,
        (written, rules, urls) => {
          const about = rules.filter(({ term }) => written.some((one) => one.term === term));
          const notify = [...new Set(about.length > 0 ? urls : [])].map((url) => ({ url, events: [] }));
          const fields = {
            guarantees: written,
            reactions: [...new Map(about.map((rule) => [JSON.stringify(rule), rule])).values()],
            notify,
          };
          const before = parseCall(
            `${call}${Object.entries(fields)
              .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
              .join('')}`,
          ).call;
          const after = read(writeOpenSlo('shop', before.guarantees, before));
          expect(new Set(after.reactions)).toEqual(new Set(before.reactions));
          expect(after.notify).toEqual(before.notify);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('name the rules that OpenSLO has no form for', () => {
    const rules = [
      '{ on: sla.at_risk, burn_rate: 6, do: notify }',
      '{ on: sla.at_risk, burn_rate: 2, do: notify }',
      '{ on: sla.at_risk, do: notify }',
      '{ on: sla.at_risk, burn_rate: 6, do: notify, at_most: 1 per 1 h }',
    ];
    const said = `guarantees: [{ term: response_time, of: web, at_most: 1 s, over: 1 h }]
reactions: [${rules.join(', ')}]
notify: [{ url: "https://example.org/hook" }]
`;
    const { guarantees, ...telling } = parseCall(`${call}${said}`).call;
    expect(writeOpenSlo('shop', guarantees, telling).match(/^# Left out: .*$/gm)).toEqual([
      expect.stringContaining('guarantee 1, response time of web: its alerts look back over parts of a minute'),
      expect.stringContaining('rule 2, on sla.at_risk: no pair of windows is looked at for a rate of 2'),
      expect.stringContaining('rule 3, on sla.at_risk: OpenSLO has no alert without a burn rate'),
      expect.stringContaining('rule 4, on sla.at_risk: OpenSLO has no conditions or limits'),
    ]);
  });

  it('name what OpenSLO has no form for', () => {
    const written = [
      { term: 'availability', of: 'web', at_least: '100 %', over: '1 d' },
      { term: 'throughput', of: 'web', at_least: '5 /s', over: '1 h' },
      { term: 'cpu_utilisation', of: 'web', at_most: '80 %', at_least: '10 %', over: '1 h' },
      { term: 'response_time', of: 'web', at_most: '80 ms', over: '90 s' },
    ];
    const { guarantees } = parseCall(`${call}guarantees: ${JSON.stringify(written)}\n`).call;
    const text = writeOpenSlo('shop', guarantees);
    expect(text.match(/^# Left out: .*$/gm)).toEqual([
      expect.stringContaining('guarantee 1, availability of web: OpenSLO has no target of 100 %'),
      expect.stringContaining('guarantee 2, throughput of web: OpenSLO counts what is good, and knows no rate'),
      expect.stringContaining('guarantee 3, cpu utilisation of web: OpenSLO has one bound to an objective'),
      expect.stringContaining('guarantee 4, response time of web: OpenSLO has no windows of parts of a minute'),
    ]);
    checkOpenSlo(text);
  });

  it('say the same of an error rate by what does not fail', () => {
    const written = [{ term: 'error_rate', of: 'web', at_most: '1 %', over: '1 h' }];
    const { guarantees } = parseCall(`${call}guarantees: ${JSON.stringify(written)}\n`).call;
    expect(read(writeOpenSlo('shop', guarantees)).guarantees).toEqual([
      expect.objectContaining({ term: 'availability', counted: 'requests', atLeast: 0.99 }),
    ]);
  });

  it('are YAML to other readers too: names and types as the specification has them', () => {
    const written = [{ term: 'availability', of: 'web', at_least: '99.9 %', over: 'month', time_zone: 'Europe/Paris' }];
    const text = writeOpenSlo('shop', parseCall(`${call}guarantees: ${JSON.stringify(written)}\n`).call.guarantees);
    const documents = parseAllDocuments(text, { version: '1.1' }) as { toJS(): { kind: string; spec: unknown } }[];
    expect(documents.map((document) => document.toJS()).find(({ kind }) => kind === 'SLO')?.spec).toEqual({
      service: 'web',
      indicator: {
        metadata: { name: 'shop-1-sli' },
        spec: { thresholdMetric: { metricSource: { metricSourceRef: 'cloud-agency', spec: { metric: 'up' } } } },
      },
      timeWindow: [
        { duration: '1M', isRolling: false, calendar: { startTime: '2024-01-01 00:00:00', timeZone: 'Europe/Paris' } },
      ],
      budgetingMethod: 'RatioTimeslices',
      objectives: [{ op: 'gte', value: 1, target: 0.999, timeSliceWindow: '1m' }],
    });
  });
});
