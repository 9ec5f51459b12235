import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { collectDefaultMetrics, register } from 'prom-client';
import { bears } from './bearer.js';
import { listenRefusal } from './listening.js';
import type { Settings } from './settings.js';

/** Has Node's own figures (memory, processor, event loop, garbage collection) among the process's metrics, once however many apps share it. */
export function measureProcess(): void {
  if (!register.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics();
}

/**
 * Serves the metrics of a process at a port of their own (AGENCY_METRICS_PORT), for those without a front; undefined where none is wanted.
 * @throws AgencyError port-in-use, invalid-setting.
 */
export async function serveMetrics(
  settings: Pick<Settings, 'host' | 'metricsPort' | 'metricsToken'>,
): Promise<{ stop(): Promise<void> } | undefined> {
  const { host, metricsPort: port, metricsToken: token } = settings;
  if (port === undefined) return undefined;
  const server = createServer((request, response) => void answer(request, response, token));
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw listenRefusal(cause, { host, port, setting: 'AGENCY_METRICS_PORT' });
  }
  // A process ends when its work does, whoever still reads its metrics.
  server.unref();
  return {
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer({ url, headers }: IncomingMessage, response: ServerResponse, token: string | undefined): Promise<void> {
  const say = (status: number, text: string, more: Record<string, string> = {}): void => {
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...more }).end(text);
  };
  if (url?.split('?', 1)[0] !== '/metrics') {
    say(404, 'There is only /metrics here.\n');
  } else if (token !== undefined && !bears(headers.authorization, token)) {
    say(401, 'Send the token of AGENCY_METRICS_TOKEN: Authorization: Bearer <token>.\n', { 'WWW-Authenticate': 'Bearer' });
  } else {
    say(200, await register.metrics(), { 'Content-Type': register.contentType });
  }
}
