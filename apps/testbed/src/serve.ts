import { listenRefusal, type RunningApp } from '@cloud-agency/runtime';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from './server.js';
import { openTestbed, type TestbedOptions } from './testbed.js';

export interface ServeOptions extends TestbedOptions {
  /** null: the port of the last time when it is free, else any. */
  readonly port: number | null;
}

export interface ServedTestbed extends RunningApp {
  /** Where it serves, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
}

const host = '127.0.0.1';

/**
 * Opens the testbed and serves it; `testbed.json` in its directory then says where.
 * @throws AgencyError port-in-use when the port asked for is taken, and what openTestbed throws.
 */
export async function serveTestbed({ port, ...options }: ServeOptions): Promise<ServedTestbed> {
  const testbed = await openTestbed(options);
  const app = createServer(testbed);
  const stop = async (): Promise<void> => {
    rmSync(join(options.directory, 'testbed.json'), { force: true });
    await app.close();
    await testbed.close();
  };
  try {
    const url = await listen(app, port, Number(testbed.disk.recall('port') ?? '0'));
    testbed.disk.remember('port', new URL(url).port);
    publish(options.directory, url);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen(app: ReturnType<typeof createServer>, port: number | null, last: number): Promise<string> {
  try {
    return await app.listen({ host, port: port ?? last });
  } catch (error) {
    const refusal = listenRefusal(error, { host, port: port ?? last, setting: 'TESTBED_PORT' });
    if (port === null && refusal.code === 'port-in-use') return app.listen({ host, port: 0 });
    throw refusal;
  }
}

/** Whole or not at all, for whoever waits for the file. */
function publish(directory: string, url: string): void {
  const file = join(directory, 'testbed.json');
  writeFileSync(`${file}.new`, `${JSON.stringify({ url, pid: process.pid })}\n`);
  renameSync(`${file}.new`, file);
}
