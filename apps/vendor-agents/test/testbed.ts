import type { Account } from '@cloud-agency/runtime';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

type FaultKind =
  | ('no-capacity' | 'quota' | 'slow' | 'server-error' | 'rate-limit' | 'region-down' | 'boot-error')
  | ('revoked' | 'malformed' | 'wrong-content-type' | 'slow-boot' | 'short-pages');

export interface Fault {
  readonly cloud: string;
  readonly fault: FaultKind;
  readonly [parameter: string]: string | number;
}

export interface TestbedInstance {
  readonly id: string;
  readonly cloud: string;
  readonly state: string;
  readonly address: string;
}

/** The built testbed as a process of its own, met over HTTP only. */
export class Testbed {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
    private readonly directory: string,
  ) {}

  static async start(...clouds: readonly string[]): Promise<Testbed> {
    const directory = mkdtempSync(join(tmpdir(), 'testbed-'));
    const environment = { ...process.env, TESTBED_CLOUDS: clouds.join(','), TESTBED_LIFELINE: '1', NODE_OPTIONS: '' };
    const child = spawn(process.execPath, [join(__dirname, 'run-testbed.mjs'), directory], {
      env: environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
    if (typeof first[0] !== 'string' || !first[0].startsWith('http'))
      throw new Error('the testbed did not start; run: node scripts/build.mjs');
    return new Testbed(first[0], child, directory);
  }

  async accounts(): Promise<readonly Account[]> {
    return (await this.ask('GET', '/accounts')) as readonly Account[];
  }

  async fault(fault: Fault): Promise<void> {
    await this.ask('POST', '/control/faults', fault);
  }

  async clearFaults(): Promise<void> {
    await this.ask('DELETE', '/control/faults');
  }

  async instances(cloud: string): Promise<readonly TestbedInstance[]> {
    const all = (await this.ask('GET', '/control/instances')) as readonly TestbedInstance[];
    return all.filter((instance) => instance.cloud === cloud && !/terminated|deleted/i.test(instance.state));
  }

  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : (JSON.parse(text) as unknown);
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.stdin?.end();
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
