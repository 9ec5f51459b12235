import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connectBus } from './connection.js';
import { startEmbeddedServer } from './embedded-server.js';
import { findNatsServer } from './nats-binary.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'embedded-server-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function until(condition: () => boolean | Promise<boolean>, within = 5_000): Promise<number> {
  const started = Date.now();
  while (!(await condition())) {
    if (Date.now() - started > within) throw new Error(`not so within ${within} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Date.now() - started;
}

const processesIn = (path: string): string[] =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(join(path, 'nats-server.conf')));

it('serves JetStream to whoever has the token, keeps what is stored over a restart, and leaves nothing running', async () => {
  const first = await startEmbeddedServer({ directory, token: 'one' });
  const connection = await connectBus(first, 'test');
  await (await jetstreamManager(connection)).streams.add({ name: 'kept', subjects: ['kept'] });
  await connection.close();
  await expect(connectBus({ url: first.url, token: 'guess' }, 'test')).rejects.toMatchObject({ code: 'bus-unreachable' });
  await first.stop();
  expect(processesIn(directory)).toEqual([]);

  const second = await startEmbeddedServer({ directory, token: 'two' });
  const again = await connectBus(second, 'test');
  expect((await (await jetstreamManager(again)).streams.info('kept')).config.name).toBe('kept');
  await again.close();
  await second.stop();
});

it('leaves the token neither on a command line nor in a file', async () => {
  const server = await startEmbeddedServer({ directory, token: 'a-very-secret-token' });
  expect(processesIn(directory).join('\n')).not.toContain('a-very-secret-token');
  expect(readdirSync(directory)).not.toContain('nats-server.conf');
  await server.stop();
});

it('says why when the server does not come up', async () => {
  const binary = join(directory, 'broken');
  writeFileSync(binary, '#!/bin/sh\necho "nats-server: no space left on device" >&2\nexit 1\n');
  chmodSync(binary, 0o755);
  await expect(startEmbeddedServer({ directory, token: 't', binary })).rejects.toMatchObject({
    code: 'child-ended',
    message: expect.stringContaining('no space left on device') as string,
  });
});

it('tells when the server is lost', async () => {
  const server = await startEmbeddedServer({ directory, token: 't' });
  for (const line of processesIn(directory)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  expect(await server.lost).toEqual(expect.any(String));
  await until(() => processesIn(directory).length === 0);
});

it('ends within a second when its parent is killed', async () => {
  const parent = spawn(
    process.execPath,
    ['-e', parentProgram, join(__dirname, '../bin/keep-with-parent.mjs'), await findNatsServer(), directory],
    {
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  await until(() => existsSync(join(directory, 'pid')) && statSync(join(directory, 'pid')).size > 0);
  expect(processesIn(directory).length).toBeGreaterThanOrEqual(2);
  parent.kill('SIGKILL');
  expect(await until(() => processesIn(directory).length === 0)).toBeLessThan(1_000);
});

/** What startEmbeddedServer does, in a process that can be killed. */
const parentProgram = `
  const { spawn } = require('node:child_process');
  const { writeFileSync } = require('node:fs');
  const [keeper, binary, directory] = process.argv.slice(1);
  const file = directory + '/nats-server.conf';
  writeFileSync(file, 'host: 127.0.0.1\\nport: -1\\npid_file: "' + directory + '/pid"\\njetstream { store_dir: "' + directory + '" }\\n');
  spawn(process.execPath, [keeper, binary, '-c', file], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
`;

describe('without a usable nats-server', () => {
  it.each([
    ['darwin-arm64', 'brew install nats-server'],
    ['win32-x64', 'choco install nats-server'],
    ['linux-arm64', 'NATS_URL'],
  ])('on %s it names the line that installs one', async (platform, hint) => {
    const path = process.env.PATH;
    process.env.PATH = directory;
    try {
      await expect(findNatsServer(platform)).rejects.toMatchObject({
        code: 'no-nats-server',
        message: expect.stringContaining(hint) as string,
      });
    } finally {
      process.env.PATH = path;
    }
  });

  it('passes over one on the PATH that is too old', async () => {
    const path = process.env.PATH;
    process.env.PATH = `${directory}:${path ?? ''}`;
    writeFileSync(join(directory, 'nats-server'), '#!/bin/sh\necho "nats-server: v2.8.4"\n', { mode: 0o755 });
    try {
      expect(await findNatsServer('linux-x64')).toContain('deploy/nats-server');
    } finally {
      process.env.PATH = path;
    }
  });
});
