/** The bus of the embedded mode: a nats-server of its own, on a free loopback port, that ends with the process that started it. */
import { AgencyError } from '@cloud-agency/errors';
import { type Clock, systemClock } from '@cloud-agency/runtime';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { findNatsServer } from './nats-binary.js';

export interface EmbeddedServerOptions {
  /** Where JetStream keeps its files; one server at a time (the data directory's lock sees to it). */
  readonly directory: string;
  /** What clients must present. A new random one for each start. */
  readonly token: string;
  readonly clock?: Clock;
  /** The nats-server to run; found by itself when not given. */
  readonly binary?: string;
}

export interface EmbeddedServer {
  readonly url: string;
  readonly token: string;
  /** Resolves when the server ends without having been stopped, with the last lines of its log. */
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

type Child = ChildProcessByStdio<Writable, null, Readable>;

const keeper = fileURLToPath(new URL('../bin/keep-with-parent.mjs', import.meta.url));
const startWithinMs = 10_000;
const keptLogLines = 20;

/**
 * Starts the server and resolves once clients can connect.
 * @throws AgencyError no-nats-server when there is no binary, child-ended when it does not come up.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { directory, token, clock = systemClock } = options;
  const binary = options.binary ?? (await findNatsServer());
  const configuration = join(directory, 'nats-server.conf');
  await mkdir(directory, { recursive: true });
  await writeConfiguration(configuration, directory, token);
  // Detached: a Ctrl-C on the terminal reaches the Agency alone, which stops the bus last.
  const child = spawn(process.execPath, [keeper, binary, '-c', configuration], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
    // Credentials in the environment are nothing for it.
    env: pick(process.env, ['PATH', 'HOME', 'TMPDIR', 'AGENCY_DATA']),
  });
  const run = new ServerRun(child);
  try {
    const port = await run.ready(clock);
    return { url: `nats://127.0.0.1:${port}`, token, lost: run.lost, stop: () => run.stop() };
  } catch (error) {
    await run.stop();
    throw error;
  } finally {
    await rm(configuration, { force: true });
  }
}

/** The token travels in a file that only this user can read, not on a command line that everybody can; it is removed once it was read. */
async function writeConfiguration(file: string, directory: string, token: string): Promise<void> {
  const lines = [
    'host: 127.0.0.1',
    'port: -1',
    `authorization { token: ${JSON.stringify(token)} }`,
    `jetstream { store_dir: ${JSON.stringify(directory)} }`,
  ];
  await rm(file, { force: true });
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
}

class ServerRun {
  readonly lost: Promise<string>;
  private readonly listening: Promise<number>;
  private readonly ended: Promise<unknown>;
  private readonly log: string[] = [];
  private stopping = false;

  constructor(private readonly child: Child) {
    this.listening = this.followLog();
    const closed = once(child, 'close');
    this.ended = once(child, 'exit').then(() => {
      endGroup(child);
      return closed;
    });
    this.lost = this.ended.then(() => (this.stopping ? new Promise<never>(() => undefined) : this.lastWords()));
  }

  /** The port, once the server says that it is ready. */
  async ready(clock: Clock): Promise<number> {
    let callOff: () => void = () => undefined;
    const late = new Promise<string>((resolve) => {
      callOff = clock.after(startWithinMs, () => {
        resolve(`it was not ready within ${startWithinMs / 1000} s`);
      });
    });
    const outcome = await Promise.race([this.listening, this.lost, late]);
    callOff();
    if (typeof outcome === 'number') return outcome;
    throw new AgencyError('child-ended', { what: 'The embedded NATS server', reason: outcome });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
    }
    await this.ended;
  }

  private followLog(): Promise<number> {
    return new Promise((resolve) => {
      let port = 0;
      createInterface({ input: this.child.stderr }).on('line', (line) => {
        this.log.push(line);
        if (this.log.length > keptLogLines) this.log.shift();
        port = Number(/Listening for client connections on \S+:(\d+)/.exec(line)?.[1] ?? port);
        if (line.includes('Server is ready')) resolve(port);
      });
    });
  }

  private lastWords(): string {
    const complaints = this.log.filter((line) => /\[(ERR|FTL)\]|nats-server:/.test(line));
    return (complaints.at(-1) ?? this.log.at(-1) ?? 'it said nothing').replace(/^\[\d+\] \S+ \S+ /, '');
  }
}

/** Should the keeper have been killed, the server that it kept is still there: they share a process group. */
function endGroup(child: Child): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing is left of the group, as it should be.
  }
}

const pick = (environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(names.map((name) => [name, environment[name]]));
