import { AgencyError } from '@cloud-agency/errors';
import { parseCall, type Problem } from '../src/index.js';

const call = (item: string, rest = ''): string =>
  `apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: shop\nresources:\n  web: { kind: compute, ${item} }\n${rest}`;
const scrape = (fields: string): string =>
  call('count: 1', `scrape: [{ of: web, url: "http://{address}:9100/metrics", ${fields} }]\n`);

const problemsOf = (document: string): readonly Problem[] => {
  try {
    parseCall(document);
  } catch (error) {
    if (error instanceof AgencyError) return error.details.problems as readonly Problem[];
    throw error;
  }
  throw new Error('nothing is wrong with it');
};

describe('the agent of an item', () => {
  it.each([
    ['agent: true', { every: 10_000 }],
    ['agent: false', undefined],
    ['agent: { every: 30 s, metrics: cpu_utilisation }', { every: 30_000, metrics: ['cpu_utilisation'] }],
    ['agent: { openmetrics: "http://127.0.0.1:9100/metrics" }', { every: 10_000, openmetrics: 'http://127.0.0.1:9100/metrics' }],
  ])('is read from %s', (written, agent) => {
    expect(parseCall(call(written)).call.deployments.web?.agent).toEqual(agent);
  });

  it.each([
    ['agent: yes please', 'resources.web.agent', /true or false/],
    ['agent: { every: 10 ms }', 'resources.web.agent.every', /at least 1 s/],
    ['agent: { metrics: [cpu_utilization] }', 'resources.web.agent.metrics[0]', /not one of/],
    ['agent: { openmetrics: "http://example.org/metrics" }', 'resources.web.agent.openmetrics', /on the machine itself/],
    [`agent: { openmetrics: "http://127.0.0.1/'; reboot; '" }`, 'resources.web.agent.openmetrics', /on the machine itself/],
  ])('is refused as %s', (written, path, message) => {
    expect(problemsOf(call(written))).toEqual([
      expect.objectContaining({ path, message: expect.stringMatching(message) as string }) as Problem,
    ]);
  });
});

describe('scrapes', () => {
  it('say which series make which metric', () => {
    const { call: read } = parseCall(
      scrape(
        `every: 1 min, metrics: [node_load1, { as: errors, series: 'http_requests_total{code="500", path="/a,b"}', combine: max }]`,
      ),
    );
    expect(read.scrape).toEqual([
      {
        of: 'web',
        url: 'http://{address}:9100/metrics',
        every: 60_000,
        timeout: 5_000,
        metrics: [
          { as: 'node_load1', series: 'node_load1', labels: {}, combine: 'sum' },
          { as: 'errors', series: 'http_requests_total', labels: { code: '500', path: '/a,b' }, combine: 'max' },
        ],
      },
    ]);
  });

  it.each([
    ['metrics: ["a{b=1}"]', 'scrape[0].metrics[0]', /names no series/],
    ['metrics: [a, a]', 'scrape[0].metrics', /taken twice/],
    ['metrics: [{ series: a, as: "4 x" }]', 'scrape[0].metrics[0].as', /name of a metric/],
    ['metrics: a, every: 2 s, timeout: 3 s', 'scrape[0].timeout', /longer than the time/],
    ['metrics: []', 'scrape[0].metrics', /chooses no series/],
    ['every: 15 s', 'scrape[0]', /"metrics" is missing/],
  ])('are refused with %s', (fields, path, message) => {
    expect(problemsOf(scrape(fields))).toEqual([
      expect.objectContaining({ path, message: expect.stringMatching(message) as string }) as Problem,
    ]);
  });
});
