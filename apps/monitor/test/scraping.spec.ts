import type { MetricSample } from '@cloud-agency/bus';
import { systemClock } from '@cloud-agency/runtime';
import type { Scrape } from '@cloud-agency/sla';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startScrape } from '../src/meters/openmetrics.js';

/** An application that speaks OpenMetrics as its test tells it to, and how often it was asked. */
describe('a scrape', () => {
  let server: Server;
  let answer: (response: ServerResponse, asked: number) => void;
  let asked = 0;
  const ends: (() => void)[] = [];

  beforeAll(async () => {
    server = createServer((_request, response) => {
      asked += 1;
      answer(response, asked);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    asked = 0;
  });
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });
  afterAll(() => {
    server.close();
  });

  /** Resolves with what the first `batches` that come are made of. */
  const samples = (batches: number, metrics: Scrape['metrics']): Promise<readonly (readonly MetricSample[])[]> =>
    new Promise((resolve) => {
      const taken: (readonly MetricSample[])[] = [];
      const url = `http://{address}:${String((server.address() as AddressInfo).port)}/metrics`;
      ends.push(
        startScrape({
          clock: systemClock,
          name: 'scrape',
          target: { resource: 'r', placement: 'p', item: 'web', address: '127.0.0.1' },
          scrape: { of: 'web', url, every: 50, timeout: 40, metrics },
          index: 2,
          sink: {
            take: (_source, batch) => {
              taken.push(batch);
              if (taken.length === batches) resolve(taken);
            },
          },
        }),
      );
    });
  const all = (as: string, series: string, labels = {}) => ({ as, series, labels, combine: 'sum' }) as const;

  it('takes the chosen series, and counters from the first that it saw', async () => {
    answer = (response, count) => {
      response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0');
      response.end(
        `requests_total{code="200"} ${String(100 * count)}\nrequests_total{code="500"} ${String(count)}\nother 1\n# EOF\n`,
      );
    };
    const taken = await samples(3, [all('requests', 'requests_total'), all('errors', 'requests_total', { code: '500' })]);
    expect(taken.map((batch) => batch.map(({ metric, value }) => [metric, value]))).toEqual([
      [
        ['requests', 0],
        ['errors', 0],
      ],
      [
        ['requests', 101],
        ['errors', 1],
      ],
      [
        ['requests', 202],
        ['errors', 2],
      ],
    ]);
    expect(taken[0]?.[0]).toMatchObject({ resource: 'r', placement: 'p', meter: 'scrape 2' });
  });

  it('has no samples of an endpoint that is slow, fails, redirects or answers nonsense, and goes on', async () => {
    let dripped = Infinity;
    const failures: readonly ((response: ServerResponse) => void)[] = [
      (response) => response.writeHead(500).end('load 9'),
      (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      (response) => response.end('<html>no metrics</html>'),
      // Cut off, so that it may be a part of 95.
      (response) => response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0').end('load 9'),
      // Never answered in time.
      () => undefined,
      // Nor in drops.
      (response) => {
        const begun = Date.now();
        const drops = setInterval(() => response.write('load 9\n'), 5);
        response.on('close', () => {
          clearInterval(drops);
          dripped = Date.now() - begun;
        });
      },
    ];
    answer = (response, count) => {
      const fail = failures[count - 1];
      if (fail) fail(response);
      else response.end('load 1\n');
    };
    const [first] = await samples(1, [all('load', 'load')]);
    expect(first?.map(({ metric, value }) => [metric, value])).toEqual([['load', 1]]);
    expect(asked).toBeGreaterThan(failures.length);
    expect(dripped).toBeLessThan(1_000);
  });
});
