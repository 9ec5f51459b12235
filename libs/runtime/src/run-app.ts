import { AgencyError, reasonOf } from '@cloud-agency/errors';
import { readFileSync } from 'node:fs';
import type { RunningApp, StartApp } from './app.js';
import { systemClock } from './clock.js';
import { readConfig } from './config-file.js';
import { prepareDataDirectory } from './data-directory.js';
import { randomIds } from './ids.js';
import { createLog, type Log } from './log.js';
import { measureProcess, serveMetrics } from './process-metrics.js';
import { readSettings } from './settings.js';
import { withTestbedAccounts } from './testbed-accounts.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs one app as this process, until SIGTERM or SIGINT. What prevents it is one clear line and exit code 1. */
export async function runApp(name: string, main: URL, environment: Environment): Promise<void> {
  try {
    const { app, log } = await startApp(name, main, environment);
    stopOnSignal(app, log);
  } catch (error) {
    fail(name, error, environment);
  }
}

async function startApp(name: string, main: URL, environment: Environment): Promise<{ app: RunningApp; log: Log }> {
  const config = readConfig(environment.AGENCY_CONFIG, { read: (path) => readFileSync(path, 'utf8') });
  const settings = readSettings(environment, await withTestbedAccounts(config, systemClock));
  prepareDataDirectory(settings.dataDirectory);
  const log = createLog(name, settings.logLevel);
  const { start } = (await import(main.href)) as { start: StartApp };
  measureProcess();
  const metrics = await serveMetrics(settings);
  const app = await start({ settings, clock: systemClock, ids: randomIds, log });
  log.info('Started');
  process.send?.('started');
  return { app: { stop: () => stopAll(app, metrics) }, log };
}

async function stopAll(app: RunningApp, metrics: RunningApp | undefined): Promise<void> {
  await app.stop();
  await metrics?.stop();
}

function stopOnSignal(app: RunningApp, log: Log): void {
  const stop = (signal: NodeJS.Signals): void => {
    log.info({ signal }, 'Stopping');
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'Could not stop in order');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function fail(name: string, error: unknown, environment: Environment): never {
  const message = reasonOf(error);
  process.stderr.write(`${name}: ${message}\n`);
  if (environment.AGENCY_LOG === 'debug' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  else if (!(error instanceof AgencyError)) process.stderr.write('AGENCY_LOG=debug shows where it happened.\n');
  process.exit(1);
}
