import { AgencyError } from '@cloud-agency/errors';
import { endWithParent, type StartApp } from '@cloud-agency/runtime';
import { join } from 'node:path';
import { serveTestbed } from './serve.js';

/**
 * The simulated clouds. Environment: TESTBED_PORT, TESTBED_CLOUDS (names, comma separated), TESTBED_METRICS_EVERY (a duration: how often
 * its accounts ask to be measured), TESTBED_LIFELINE=1 (end when standard input closes, which it does when the parent dies).
 */
export const start: StartApp = async ({ settings, clock, ids, log }) => {
  const { TESTBED_PORT, TESTBED_CLOUDS, TESTBED_METRICS_EVERY, TESTBED_LIFELINE } = process.env;
  const served = await serveTestbed({
    directory: join(settings.dataDirectory, 'testbed'),
    port: readPort(TESTBED_PORT),
    clouds: (TESTBED_CLOUDS ?? '').split(',').filter((name) => name !== ''),
    ...(TESTBED_METRICS_EVERY ? { metricsEvery: TESTBED_METRICS_EVERY } : {}),
    clock,
    ids,
    log,
    random: Math.random,
  });
  log.info({ url: served.url }, 'The testbed serves');
  if (TESTBED_LIFELINE === '1') endWithParent(() => served.stop());
  return served;
};

/** @throws AgencyError invalid-setting */
function readPort(text: string | undefined): number | null {
  if (!text) return null;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new AgencyError('invalid-setting', { message: `TESTBED_PORT is '${text}'; it must be a whole number from 1 to 65535.` });
}
