/** The OGF's draft on monitoring, and the metrics, aggregators and publishers that the Agency provides. */
import {
  type AttributeDefinitions,
  float,
  immutable,
  instant,
  list,
  mutable,
  oneOf,
  preset,
  required,
  text,
  type ValueType,
} from '../model/attribute.js';
import { type Extension, type Mixin, categoryId, kind, mixin } from '../model/category.js';
import { linkId, resourceId } from './core.js';

const scheme = 'http://schemas.ogf.org/occi/monitoring#';
const ours = 'http://schemas.cloud-agency.dev/occi/';

export const sensorId = `${scheme}sensor`;
export const collectorId = `${scheme}collector`;
export const metricId = `${scheme}metric`;
export const aggregatorId = `${scheme}aggregator`;
export const publisherId = `${scheme}publisher`;
/** What the Agency adds to every sensor. */
export const observedId = `${ours}agency#observed`;

const sensor = kind({
  term: 'sensor',
  scheme,
  title: 'Sensor',
  parent: resourceId,
  attributes: {
    'occi.sensor.period': required(float, 'Time over which it aggregates and after which it publishes, s; 0.1 to 86400'),
    'occi.sensor.periodspec': mutable(text, 'How the period is meant'),
    'occi.sensor.timebase': immutable(float, 'What the times count from, Unix seconds: when it was created'),
    'occi.sensor.timestart': required(float, 'Delay from the timebase until it begins, s'),
    'occi.sensor.timestop': required(float, 'Delay from the timebase until it ends, s; 0: it never ends'),
    'occi.sensor.timespec': mutable(text, 'How the times are meant'),
  },
});
const collector = kind({
  term: 'collector',
  scheme,
  title: 'Collector',
  parent: linkId,
  attributes: {
    'occi.collector.period': required(float, 'Time between two measurements, s; 0.1 to 86400'),
    'occi.collector.periodspec': mutable(text, 'How the period is meant'),
  },
});

/** 1 to 65535. */
const portPattern = '([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';
const port: ValueType = { type: 'number', pattern: `^${portPattern}$` };
/** The host is the machine's address and nothing else, so that nobody can make the Agency ask elsewhere. */
const httpTemplate: ValueType = {
  type: 'string',
  pattern: `^https?://[{]address[}](:${portPattern})?([/?][!-~]{0,500})?$`,
};
/** As metrics may be called, in guarantees too. */
const metricName: ValueType = { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_.:]{0,99}$' };
const http: AttributeDefinitions = {
  'agency.metric.http': preset(
    mutable(httpTemplate, 'URL to get; {address} stands for the address of the machine, and must be its host'),
    'http://{address}:8080/health',
  ),
};

const https: AttributeDefinitions = {
  'agency.metric.http': preset(
    mutable(
      httpTemplate,
      'URL whose certificate is looked at; {address} stands for the address of the machine, and must be its host',
    ),
    'https://{address}/',
  ),
};
const domainName: ValueType = { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,253}$' };

/** A metric: what a collector measures. Its mutable attributes are settings of its meter (apps/monitor/src/meters/<term>.ts). */
const metric = (term: string, title: string, settings: AttributeDefinitions): Mixin =>
  mixin({
    term,
    scheme: `${ours}metric#`,
    title,
    location: `/metric/${term}/`,
    depends: [metricId],
    applies: [collectorId],
    attributes: {
      ...settings,
      'agency.measurement.value': immutable(float, 'What was measured last; absent when nothing could be'),
      'agency.measurement.unit': immutable(text, 'Its unit; 1 for figures without one'),
      'agency.measurement.at': immutable(instant, 'When the measurement began'),
      'agency.measurement.detail': immutable(text, 'What was met, e.g. HTTP 200 or connection refused'),
    },
  });

/** What a collector can measure: it has exactly one of these. */
export const metrics: readonly Mixin[] = [
  metric('response_time', 'Response time of a GET from outside, ms', http),
  metric('up', 'Whether a GET from outside succeeds: 1 or 0', http),
  metric('reachable', 'Whether a TCP connection from outside succeeds: 1 or 0', {
    'agency.metric.port': preset(mutable(port, 'TCP port to connect to'), 22),
  }),
  metric('certificate_days', 'How long the certificate that is shown from outside is valid, days', https),
  metric('dns', 'Response time of the machine as a name server, ms', {
    'agency.metric.name': preset(mutable(domainName, 'Name to ask for'), 'localhost'),
    'agency.metric.type': preset(
      mutable(oneOf('A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SRV', 'TXT'), 'Type of record to ask for'),
      'A',
    ),
    'agency.metric.port': preset(mutable(port, 'UDP port to ask on'), 53),
  }),
  metric('icmp', 'Round trip of an echo request from outside, ms', {}),
  metric('cpu', 'Share of all cores in use, as the vendor measures it: 0 to 1', {}),
  metric('memory', 'Memory in use, as the vendor measures it, GiB', {}),
  metric('network_in', 'What the machine receives, as the vendor measures it, bytes/s', {}),
  metric('network_out', 'What the machine sends, as the vendor measures it, bytes/s', {}),
  metric('disk_read', 'What the machine reads from its disks, as the vendor measures it, bytes/s', {}),
  metric('disk_write', 'What the machine writes to its disks, as the vendor measures it, bytes/s', {}),
  metric('price', 'What the machine costs now, USD/h', {}),
  metric('carbon', 'Carbon intensity of the electricity of its region, g CO2e/kWh', {}),
  metric('pushed', 'What the machine itself tells under a name', {
    'agency.metric.name': preset(mutable(metricName, 'Name of the metric'), 'cpu_utilisation'),
  }),
  metric('scraped', 'What the monitor reads at endpoints of the machine under a name', {
    'agency.metric.name': preset(mutable(metricName, 'Name of the metric'), 'requests'),
  }),
  metric('difference', "How far apart the client's own figures of a metric and the vendor's are, in its unit", {
    'agency.metric.name': preset(mutable(metricName, 'Name of the metric'), 'cpu_utilisation'),
  }),
];

const aggregator = (term: string, title: string): Mixin =>
  mixin({
    term,
    scheme: `${ours}aggregator#`,
    title,
    location: `/aggregator/${term}/`,
    depends: [aggregatorId],
    applies: [sensorId],
    attributes: {
      'agency.sensor.values': immutable(
        list,
        'For each metric, of the last period in which it was measured: metric, aggregator, value, unit, samples, from, until of each',
      ),
      'agency.sensor.value': immutable(float, 'The value, when there is exactly one'),
    },
  });

/** What a sensor can make of the measurements of a period, for each metric by itself. */
export const aggregators: readonly Mixin[] = [
  aggregator('mean', 'Mean of a period'),
  aggregator('minimum', 'Least of a period'),
  aggregator('maximum', 'Greatest of a period'),
  aggregator('percentile_95', '95th percentile of a period, by nearest rank'),
];

/** Where a sensor puts what it has found at the end of each period. */
export const publishers: readonly Mixin[] = [
  mixin({
    term: 'latest',
    scheme: `${ours}publisher#`,
    title: 'Keeps the latest values on the sensor',
    location: '/publisher/latest/',
    depends: [publisherId],
    applies: [sensorId],
    attributes: {
      'agency.sensor.published': immutable(
        list,
        'The last 20 values, newest last: what the aggregators made of each period, or without any its latest measurements',
      ),
    },
  }),
];

const observed = mixin({
  term: 'observed',
  scheme: `${ours}agency#`,
  title: 'Observed by the Agency',
  applies: [sensorId],
  attributes: {
    'agency.sensor.state': immutable(oneOf('waiting', 'measuring', 'ended'), 'State'),
    'agency.sensor.measurements': immutable(
      list,
      'The latest of each collector: collector, resource, metric, value, unit, at, detail',
    ),
  },
});

export const monitoring: Extension = {
  kinds: [sensor, collector],
  mixins: [
    mixin({ term: 'metric', scheme, title: 'Metric', applies: [categoryId(collector)] }),
    mixin({ term: 'aggregator', scheme, title: 'Aggregator', applies: [categoryId(sensor)] }),
    mixin({ term: 'publisher', scheme, title: 'Publisher', applies: [categoryId(sensor)] }),
    ...metrics,
    ...aggregators,
    ...publishers,
    observed,
  ],
  actions: [],
};
