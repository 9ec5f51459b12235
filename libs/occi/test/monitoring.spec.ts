import {
  aggregatorId,
  aggregators,
  categoryFields,
  categoryId,
  checkedDraft,
  collectorId,
  type EntityChange,
  metricId,
  metrics,
  openApi,
  publisherId,
  publishers,
  sensorId,
  standardRegistry,
} from '../src/index.js';

const registry = standardRegistry(['debian-12']);
const metric = (term: string): string => `http://schemas.cloud-agency.dev/occi/metric#${term}`;
const ends = { 'occi.core.source': '/compute/1', 'occi.core.target': '/sensor/1' };

const collector = (term: string, attributes: EntityChange['attributes'] = {}): EntityChange => ({
  kind: collectorId,
  mixins: [metric(term)],
  attributes: { ...ends, 'occi.collector.period': 1, ...attributes },
  links: [],
});
const sensor = (attributes: EntityChange['attributes'], mixins: readonly string[] = []): EntityChange => ({
  kind: sensorId,
  mixins,
  attributes,
  links: [],
});
const whole = { 'occi.sensor.period': 10, 'occi.sensor.timestart': 0, 'occi.sensor.timestop': 0 };

describe('what the Agency can measure', () => {
  it('is declared beneath the OGF’s mixins, each at a path of its own', () => {
    for (const [of, base, applies, path] of [
      [metrics, metricId, collectorId, '/metric/'],
      [aggregators, aggregatorId, sensorId, '/aggregator/'],
      [publishers, publisherId, sensorId, '/publisher/'],
    ] as const) {
      for (const mixin of of) {
        expect(mixin).toMatchObject({ depends: [base], applies: [applies], location: `${path}${mixin.term}/` });
        expect(registry.find(categoryId(mixin))).toBe(mixin);
      }
    }
  });

  it('says of each metric what a client sets and what it is shown', () => {
    const [field] = categoryFields(metrics.filter(({ term }) => term === 'reachable'));
    expect(field?.value).toContain('rel="http://schemas.ogf.org/occi/monitoring#metric"; location="/metric/reachable/"');
    expect(field?.value).toContain('attributes="agency.metric.port agency.measurement.value{immutable} ');
  });

  it('is in OpenAPI', () => {
    const { paths } = openApi(registry, { version: '1', abilities: new Map(), further: {} }) as { paths: object };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/sensor/', '/metric/up/', '/aggregator/mean/', '/publisher/latest/']),
    );
  });
});

describe('a collector', () => {
  it('measures by the metric’s own settings unless it is told others', () => {
    expect(checkedDraft(collector('up'), registry).attributes).toMatchObject({
      'agency.metric.http': 'http://{address}:8080/health',
    });
    expect(checkedDraft(collector('reachable', { 'agency.metric.port': 443 }), registry).attributes).toMatchObject({
      'agency.metric.port': 443,
    });
  });

  it.each(['http://{address}/', 'https://{address}:8443/a?b=c', 'http://{address}', 'http://{address}:65535/x/{address}'])(
    'may ask its machine: %s',
    (url) => {
      expect(checkedDraft(collector('response_time', { 'agency.metric.http': url }), registry)).toBeDefined();
    },
  );

  it.each([
    'http://example.org/',
    'http://example.org/{address}',
    'http://{address}.example.org/',
    'http://{address}@example.org/',
    'http://{address}:80@example.org/',
    'http://user@{address}/',
    'http://{address}:80\\@example.org/',
    'http://{address}#@example.org/',
    'http://{address}:0/',
    'http://{address}:65536/',
    'http://{address}/a b',
    'http://{address}/\r\nHost: x',
    'file://{address}/etc/passwd',
    '{address}',
  ])('may ask nothing else: %j', (url) => {
    expect(() => checkedDraft(collector('up', { 'agency.metric.http': url }), registry)).toThrow('agency.metric.http must be');
  });

  it.each([0, 65_536, -1, 1.5, 'ssh'])('has no port %j', (port) => {
    expect(() => checkedDraft(collector('reachable', { 'agency.metric.port': port }), registry)).toThrow(
      'agency.metric.port must be',
    );
  });

  it('needs its period and both its ends, and no result of its own making', () => {
    expect(() => checkedDraft({ ...collector('up'), attributes: ends }, registry)).toThrow('occi.collector.period is required');
    expect(() => checkedDraft(collector('up', { 'agency.measurement.value': 1 }), registry)).toThrow('set by the Agency alone');
  });
});

describe('a sensor', () => {
  it('needs its period and its times', () => {
    expect(checkedDraft(sensor(whole, [categoryId(aggregators[0]!)]), registry).attributes).toEqual(whole);
    for (const name of Object.keys(whole)) {
      const attributes = Object.fromEntries(Object.entries(whole).filter(([other]) => other !== name));
      expect(() => checkedDraft(sensor(attributes), registry)).toThrow(`${name} is required.`);
    }
  });

  it('has no metric, as a collector has no aggregator', () => {
    expect(() => checkedDraft(sensor(whole, [metric('up')]), registry)).toThrow('does not apply');
    const mean = categoryId(aggregators[0]!);
    expect(() => checkedDraft({ ...collector('up'), mixins: [mean] }, registry)).toThrow('does not apply');
  });
});
