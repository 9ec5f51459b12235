/** What operators ask: is it alive, is it ready, how does it do. */
import { register } from 'prom-client';
import type { Answer } from './message.js';
import type { Readiness } from './ports.js';

const json = (status: number, value: object): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});

export const health = (): Answer => json(200, { status: 'ok' });

export async function readiness(check: Readiness): Promise<Answer> {
  const { ready, parts } = await check.check();
  return json(ready ? 200 : 503, { ready, parts });
}

export const metrics = async (): Promise<Answer> => ({ status: 200, type: register.contentType, body: await register.metrics() });
