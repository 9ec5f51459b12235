import { createServer } from 'node:http';
import { once } from 'node:events';
import { measureProcess, serveMetrics } from './process-metrics.js';

const token = '0123456789abcdef';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

it('is not there unless it is wanted', async () => {
  expect(await serveMetrics({ host: '127.0.0.1' })).toBeUndefined();
});

it('tells what Node says of the process to whoever has the token, and nothing else', async () => {
  measureProcess();
  measureProcess();
  const port = await freePort();
  const serving = await serveMetrics({ host: '127.0.0.1', metricsPort: port, metricsToken: token });
  const get = async (path: string, authorization?: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: authorization ? { authorization } : {} });
    return [answer.status, await answer.text()] as const;
  };
  expect(await get('/metrics')).toEqual([401, expect.stringContaining('AGENCY_METRICS_TOKEN')]);
  expect(await get('/metrics', 'Bearer 0123456789abcdeg')).toEqual([401, expect.anything()]);
  expect(await get('/metrics', `Bearer ${token}`)).toEqual([200, expect.stringContaining('nodejs_eventloop_lag_p99_seconds')]);
  expect(await get('/', `Bearer ${token}`)).toEqual([404, expect.stringContaining('/metrics')]);
  await expect(serveMetrics({ host: '127.0.0.1', metricsPort: port })).rejects.toMatchObject({
    code: 'port-in-use',
    message: expect.stringContaining('AGENCY_METRICS_PORT=<port>') as string,
  });
  await expect(serveMetrics({ host: '192.0.2.1', metricsPort: port })).rejects.toMatchObject({
    code: 'invalid-setting',
    message: 'AGENCY_HOST is 192.0.2.1, which is no address of this machine.',
  });
  await serving?.stop();
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
});
