import { type EmbeddedServer, startEmbeddedServer } from '@cloud-agency/bus';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { freePort } from '../harness/agency-process.js';
import { Client } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

const program = join(__dirname, '../../apps/cli/bin/run-app.js');

type Environment = Readonly<Record<string, string>>;

/** One process of the distributed Agency, and the lines that it has logged. */
export class Member {
  readonly said: string[] = [];
  private child: ChildProcess | undefined;

  constructor(
    private readonly app: string,
    private readonly environment: Environment,
  ) {}

  async start(): Promise<void> {
    const child = spawn(process.execPath, [program, this.app], {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, AGENCY_LOG: 'debug', ...this.environment },
    });
    this.child = child;
    for (const output of [child.stdout, child.stderr])
      createInterface({ input: output as NodeJS.ReadableStream }).on('line', (line) => this.said.push(line));
    const ended = once(child, 'exit').then(() => {
      throw new Error(`${this.app} ended before it had started:\n${this.said.slice(-20).join('\n')}`);
    });
    ended.catch(() => undefined);
    await Promise.race([once(child, 'message'), ended]);
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Stands still until it goes on, as a machine that is moved or out of memory does: it does not know that the others have gone on without it. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** How often it has logged that it did this. */
  did(what: string): number {
    return this.said.filter((line) => line.includes(what)).length;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
}

/** A NATS server, a database of its own at a PostgreSQL server, the testbed, and two processes of each app and role. */
export class Cluster {
  private constructor(
    private readonly directory: string,
    private readonly bus: EmbeddedServer,
    private readonly dropDatabase: () => Promise<void>,
    private readonly testbedProcess: Member,
    readonly testbed: TestbedControl,
    readonly members: ReadonlyMap<string, Member>,
    readonly clients: readonly [Client, Client],
  ) {}

  static async start(server: string, clouds: readonly string[]): Promise<Cluster> {
    const directory = mkdtempSync(join(tmpdir(), 'agency-distributed-'));
    const bus = await startEmbeddedServer({ directory: join(directory, 'nats'), token: 'distributed' });
    const database = await newDatabase(server);
    const testbedPort = await freePort();
    const environment = { NATS_URL: bus.url, NATS_TOKEN: bus.token, DATABASE_URL: database.url };
    const config = join(directory, 'agency.yaml');
    writeFileSync(config, `testbed: http://127.0.0.1:${String(testbedPort)}\n`);
    const own = (name: string): Environment => {
      const data = join(directory, name);
      mkdirSync(data);
      return { AGENCY_DATA: data };
    };
    const testbed = new Member('testbed', {
      ...own('testbed'),
      TESTBED_PORT: String(testbedPort),
      TESTBED_CLOUDS: clouds.join(','),
      TESTBED_LIFELINE: '1',
    });
    await testbed.start();
    const members = new Map<string, Member>();
    const ports: number[] = [];
    for (const number of ['1', '2']) {
      const port = await freePort();
      ports.push(port);
      const role = (name: string, roles: string) =>
        members.set(
          `${name}-${number}`,
          new Member('agency', { ...environment, ...own(`${name}-${number}`), AGENCY_ROLES: roles, AGENCY_PORT: String(port) }),
        );
      role('client', 'front,client');
      role('mediator', 'mediator');
      role('negotiator', 'negotiator');
      role('tier', 'tier');
      const agents = `vendor-agents-${number}`;
      members.set(agents, new Member('vendor-agents', { ...environment, ...own(agents), AGENCY_CONFIG: config }));
      members.set(`monitor-${number}`, new Member('monitor', { ...environment, ...own(`monitor-${number}`) }));
    }
    await Promise.all([...members.values()].map((member) => member.start()));
    const client = (port = 0): Client => new Client(`http://127.0.0.1:${String(port)}/`);
    const control = new TestbedControl(`http://127.0.0.1:${String(testbedPort)}`);
    return new Cluster(directory, bus, database.drop, testbed, control, members, [client(ports[0]), client(ports[1])]);
  }

  member(name: string): Member {
    const member = this.members.get(name);
    if (!member) throw new Error(`There is no ${name}`);
    return member;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.members.values()].map((member) => member.stop()));
    await this.testbedProcess.stop();
    await this.bus.stop();
    await this.dropDatabase();
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function newDatabase(server: string): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const name = `distributed_${String(process.pid)}`;
  const run = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
}
