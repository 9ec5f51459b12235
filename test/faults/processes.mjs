/** The parts of an Agency, each a process of its own, so that one alone can be killed. Each is stopped by its own handle. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNatsServer } from '../../libs/bus/dist/nats-binary.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const runner = join(root, 'apps/cli/bin/run-app.js');
const killer = new URL('./kill-at-step.mjs', import.meta.url).href;
const startWithinMs = 30_000;

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Whatever else goes wrong, nothing outlives this process. */
const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

class Part {
  constructor(what, command, args, options) {
    Object.assign(this, { what, command, args, options });
  }

  spawn() {
    const child = spawn(this.command, this.args, this.options);
    running.add(child);
    this.child = child;
    this.ended = once(child, 'exit').then(([code, signal]) => {
      running.delete(child);
      return signal ?? code;
    });
    return child;
  }

  /** A part that ends before it is up, or never comes up, is the end of the trial. */
  async up(ready) {
    const { child } = this;
    let timer;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, startWithinMs, 'late')));
    const outcome = await Promise.race([ready, this.ended.then((how) => `it ended with ${String(how)}`), late]);
    clearTimeout(timer);
    if (outcome === undefined) return;
    child.kill('SIGKILL');
    throw new Error(`${this.what} did not come up: ${outcome}`);
  }

  get isRunning() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(signal = 'SIGTERM') {
    if (this.isRunning) this.child.kill(signal);
    return await this.ended;
  }
}

/** One app, with its log in the directory. */
export class App extends Part {
  constructor(name, directory, environment) {
    const log = openSync(join(directory, `${name}.log`), 'a');
    super(name, process.execPath, ['--import', killer, runner, name], {
      stdio: ['pipe', log, log, 'ipc'],
      env: { ...process.env, AGENCY_LOG: 'info', AGENCY_DATA: join(directory, 'data'), ...environment },
    });
    this.journal = join(directory, `${name}.steps`);
  }

  async start() {
    const child = this.spawn();
    await this.up(once(child, 'message').then(() => undefined));
  }

  /** It is killed right after its n-th step from now on. */
  async killAfter(n) {
    await writeFile(this.journal, '');
    await this.tell({ killAfter: n, into: this.journal });
  }

  async spare() {
    if (this.isRunning) await this.tell({});
  }

  /** The steps since `killAfter`. */
  async steps() {
    return (await readFile(this.journal, 'utf8')).trimEnd().split('\n');
  }

  /** Resolves once the process has heard it, or is no more. */
  async tell(message) {
    const heard = once(this.child, 'message');
    if (this.child.connected) this.child.send(message, () => undefined);
    await Promise.race([heard, this.ended]);
  }
}

/** A NATS server on a port that it keeps, with what it stores. */
export class NatsServer extends Part {
  static async open(directory) {
    const port = await freePort();
    const store = join(directory, 'nats');
    await mkdir(store, { recursive: true });
    const configuration = join(directory, 'nats-server.conf');
    await writeFile(configuration, `host: 127.0.0.1\nport: ${port}\njetstream { store_dir: ${JSON.stringify(store)} }\n`);
    const server = new NatsServer('nats-server', await findNatsServer(), ['-c', configuration], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server.port = port;
    await server.start();
    return server;
  }

  async start() {
    const child = this.spawn();
    await this.up(
      new Promise((resolve) => {
        let said = '';
        child.stderr.on('data', (chunk) => {
          said += chunk;
          if (said.includes('Server is ready')) resolve();
        });
      }),
    );
  }
}

export async function startTestbed(directory, clouds) {
  const testbed = new App('testbed', directory, { TESTBED_CLOUDS: clouds.join(','), TESTBED_LIFELINE: '1' });
  await testbed.start();
  const { url } = JSON.parse(await readFile(join(directory, 'data', 'testbed', 'testbed.json'), 'utf8'));
  testbed.url = url;
  return testbed;
}
