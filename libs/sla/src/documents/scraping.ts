import { combinations, type Scrape, type SeriesChoice } from './call.js';
import { choice, list, mapping, oneOrMore, type Reader, text } from './fields.js';
import { type Counts, itemName } from './item-names.js';
import { span } from './spans.js';
import { machineUrl } from './machine-url.js';

/** `scrape:` of a call: endpoints of its machines that speak OpenMetrics, and what is taken from them. */
export const scrapes = (items: Counts): Reader<readonly Scrape[]> =>
  list(
    mapping<Scrape>((fields, problems) => {
      const of = fields.required('of', itemName(items));
      const url = fields.required('url', machineUrl('e.g. http://{address}:9100/metrics'));
      const every = fields.optional('every', span(1000, 'at least 1 s')) ?? 15_000;
      const timeout = fields.optional('timeout', span(10, 'at least 10 ms')) ?? Math.min(5000, every);
      const metrics = fields.required('metrics', choices) ?? [];
      if (timeout > every)
        problems.add(fields.placeOf('timeout'), 'the timeout is longer than the time from one scrape to the next');
      const twice = metrics.find(({ as }, index) => metrics.findIndex((other) => other.as === as) < index);
      if (twice) problems.add(fields.placeOf('metrics'), `${twice.as} is taken twice`, 'give one of them another name with as:');
      return of === undefined || url === undefined ? undefined : { of, url, every, timeout, metrics };
    }),
    20,
  );

const choices: Reader<readonly SeriesChoice[]> = (source, problems) => {
  const chosen = oneOrMore(seriesChoice)(source, problems);
  if (source.kind === 'list' && source.items.length === 0)
    problems.add(source, 'it chooses no series', 'name at least one, e.g. [node_load1]');
  return chosen;
};

/** The name of a metric, with what may stand in those of Prometheus and OpenTelemetry. */
const metricName = text(100, { matches: /^[A-Za-z_][\w.:]*$/, wanted: 'the name of a metric, e.g. requests' });

const seriesChoice: Reader<SeriesChoice> = (source, problems) =>
  source.kind === 'scalar' ? selected(source, problems) : spelled(source, problems);

const spelled = mapping<SeriesChoice>((fields) => {
  const series = fields.required('series', selected);
  const as = fields.optional('as', metricName);
  const combine = fields.optional('combine', choice(combinations));
  return series && { ...series, ...(as !== undefined && { as }), ...(combine && { combine }) };
});

/** `http_requests_total{code="500"}`, as Prometheus writes it; of the comparisons there is `=` alone. */
const selected: Reader<SeriesChoice> = (source, problems) => {
  const written = text(500)(source, problems);
  if (written === undefined) return undefined;
  const [, series, inside = ''] = /^([A-Za-z_:][\w:]*)\s*(?:\{(.*)\})?$/.exec(written.trim()) ?? [];
  const labels = labelsIn(inside);
  if (series !== undefined && labels) return { as: series, series, labels, combine: 'sum' };
  problems.add(source, `"${written}" names no series`, 'e.g. http_requests_total{code="500"}');
  return undefined;
};

function labelsIn(written: string): Readonly<Record<string, string>> | undefined {
  const labels: Record<string, string> = {};
  let rest = written.trim();
  while (rest !== '') {
    const [all, name, value] = /^([A-Za-z_]\w*)\s*=\s*"([^"\\]*)"\s*(?:,\s*|$)/.exec(rest) ?? [];
    if (all === undefined || name === undefined || value === undefined) return undefined;
    labels[name] = value;
    rest = rest.slice(all.length);
  }
  return labels;
}
