import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = join(__dirname, '../../apps/cli/bin/agency.js');

export interface StartOptions {
  /** A data directory to go on with; else a new one. */
  readonly directory?: string;
  readonly port?: number;
  /** Names of the testbed clouds to have; all when not given. */
  readonly clouds?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** The whole Agency as a user starts it: `agency up`, built, in processes of its own. */
export class AgencyProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly testbedUrl: string,
    readonly directory: string,
    readonly port: number,
    private readonly output: readonly string[],
  ) {}

  static async start(options: StartOptions = {}): Promise<AgencyProcess> {
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'agency-e2e-')));
    const port = options.port ?? (await freePort());
    const child = spawn(process.execPath, [program, 'up', '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        AGENCY_DATA: directory,
        AGENCY_PORT: String(port),
        ...(options.clouds ? { TESTBED_CLOUDS: options.clouds.join(',') } : {}),
        ...options.environment,
      },
    });
    const output: string[] = [];
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => output.push(line));
    const ready = await new Promise<{ url: string; testbed: string }>((resolve, reject) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        output.push(line);
        if (line.includes('"type":"ready"')) resolve(JSON.parse(line) as { url: string; testbed: string });
      });
      child.once('exit', (code) => {
        reject(new Error(`The Agency ended with ${String(code)} before it was ready:\n${output.join('\n')}`));
      });
    });
    return new AgencyProcess(child, ready.url, ready.testbed, directory, port, output);
  }

  /** As a power cut would: nothing gets to say goodbye. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  /** Has Node write a diagnostic report of the process, where its options ask for one. */
  report(): void {
    this.child.kill('SIGUSR2');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
  }

  async stopAndForget(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  said(): string {
    return this.output.join('\n');
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}
