import { AgencyError } from '@cloud-agency/errors';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Writable } from 'node:stream';

export interface TestbedOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly dataDirectory: string;
  readonly log: Writable;
}

export interface Testbed {
  readonly url: string;
  /** Resolves when it ends without having been stopped, with what it said last. */
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

const runner = fileURLToPath(new URL('../../bin/run-app.js', import.meta.url));

/**
 * Runs the simulated clouds as a child: its clouds are on disk, and it ends when its standard input, which we hold, closes.
 * @throws AgencyError child-ended when it does not come up.
 */
export async function startTestbed({ environment, dataDirectory, log }: TestbedOptions): Promise<Testbed> {
  const child = spawn(process.execPath, [runner, 'testbed'], {
    // Detached: a Ctrl-C on the terminal reaches the Agency alone, which first clears away what runs at these clouds' faces.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    env: { ...itsOwn(environment), AGENCY_DATA: dataDirectory, AGENCY_CONFIG: '', TESTBED_LIFELINE: '1' },
  });
  let lastWords = 'it said nothing';
  let stopping = false;
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = chunk.toString().trim().split('\n').at(-1) ?? lastWords;
    log.write(chunk);
  });
  const ended = once(child, 'close');
  const lost = ended.then(() => (stopping ? new Promise<never>(() => undefined) : lastWords));
  const serving = once(child, 'message').then(() => undefined);
  const early = await Promise.race([serving, lost]);
  if (early !== undefined) throw new AgencyError('child-ended', { what: 'The testbed', reason: early });
  return {
    url: await urlOf(dataDirectory),
    lost,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Credentials of real accounts are nothing for a child that needs none. */
const itsOwn = (environment: TestbedOptions['environment']): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => /^(TESTBED_|NODE_|PATH$|HOME$|TMPDIR$|AGENCY_LOG$)/.test(name)),
  );

async function urlOf(dataDirectory: string): Promise<string> {
  const { url } = JSON.parse(await readFile(join(dataDirectory, 'testbed', 'testbed.json'), 'utf8')) as { url: string };
  return url;
}
