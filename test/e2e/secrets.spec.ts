/** Credentials are planted everywhere they can be, a vendor repeats whatever it is sent, and then everything that can be read is read. */
import { closeBus, connectBus, type EmbeddedServer, ensureStreams, startEmbeddedServer } from '@cloud-agency/bus';
import type { NatsConnection } from '@nats-io/transport-node';
import axios from 'axios';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vendors } from '../../apps/vendor-agents/src/vendors/registry.js';
import { AgencyProcess } from '../harness/agency-process.js';

const program = join(__dirname, '../../apps/cli/bin/agency.js');
const run = promisify(execFile);

let directory: string;
let echo: Server;
let server: EmbeddedServer;
let bus: NatsConnection;
let agency: AgencyProcess;
const overheard: string[] = [];
const planted: string[] = [];
let environment: Record<string, string>;

/** A secret that is found wherever it turns up, as it is or encoded. */
function plant(where: string): string {
  const secret = `pl4nted-${where}-${'0123456789abcdef'.repeat(3)}`;
  planted.push(secret);
  return secret;
}

/** One account of every vendor; the secrets of the first come from files, of the second from the environment, of the third from the vault. */
async function accounts(endpoint: string): Promise<object[]> {
  const all: object[] = [];
  for (const [index, { name, credentials }] of vendors.entries()) {
    const given: Record<string, unknown> = {};
    for (const { name: field, secret } of credentials) {
      const value = secret ? plant(`${name}-${field.replaceAll('_', '-')}`) : 'somebody';
      given[field] = secret ? await kept(index % 3, `${name}_${field}`, value) : value;
    }
    all.push({ vendor: name, name: `of-${name}`, endpoint, regions: ['somewhere'], credentials: given });
  }
  return all;
}

async function kept(how: number, name: string, value: string): Promise<object> {
  if (how === 0) {
    writeFileSync(join(directory, name), `${value}\n`);
    return { file: join(directory, name) };
  }
  if (how === 1) {
    environment[`SECRET_${name.toUpperCase()}`] = value;
    return { env: `SECRET_${name.toUpperCase()}` };
  }
  const setting = run(process.execPath, [program, 'vault', 'set', name], { env: { ...process.env, ...environment } });
  setting.child.stdin?.end(`${value}\n`);
  await setting;
  return { vault: name };
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'secrets-'));
  // It repeats what it is sent, credentials and all, under a status of each kind in turn.
  let asked = 0;
  echo = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked += 1;
      response.writeHead([400, 401, 403, 500, 200][asked % 5] ?? 400, { 'content-type': 'text/plain' });
      response.end(`${String(request.url)} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks).toString()}`);
    });
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  server = await startEmbeddedServer({ directory: join(directory, 'nats'), token: 'bus-token' });
  bus = await connectBus(server, 'eavesdropper');
  await ensureStreams(bus);
  bus.subscribe('>', {
    callback: (_, message) => {
      overheard.push(`${message.subject} ${message.string()}`);
    },
  });
  const reports = join(directory, 'reports');
  mkdirSync(reports);
  environment = {
    AGENCY_VAULT: join(directory, 'vault.json'),
    AGENCY_VAULT_KEY: plant('passphrase'),
    AGENCY_LOG: 'debug',
    AGENCY_AUTH: 'none',
    NATS_URL: server.url,
    NATS_TOKEN: server.token,
    NODE_OPTIONS: `--report-on-signal --report-directory=${reports}`,
  };
  const configured = await accounts(`http://127.0.0.1:${String((echo.address() as AddressInfo).port)}`);
  writeFileSync(join(directory, 'agency.json'), JSON.stringify({ accounts: configured, testbed: 'on' }));
  environment.AGENCY_CONFIG = join(directory, 'agency.json');
  agency = await AgencyProcess.start({ directory: join(directory, 'data'), clouds: ['bluebox'], environment });
});
afterAll(async () => {
  await agency.stop();
  await closeBus(bus);
  await server.stop();
  await new Promise((resolve) => echo.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

const forms = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  // Base64 of text that contains it, whatever stands before it, has one of these inside.
  ...[0, 1, 2].map((before) =>
    Buffer.from(`${'x'.repeat(before)}${secret}`)
      .toString('base64')
      .slice(4, 44),
  ),
];
const leaksIn = (text: string): readonly string[] =>
  planted.filter((secret) => forms(secret).some((form) => text.includes(form)));

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    if (statSync(path).isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

it('recognises a planted secret, however it is written', () => {
  const [secret = ''] = planted;
  expect(leaksIn(`Basic ${Buffer.from(`user:${secret}`).toString('base64')}`)).toEqual([secret]);
  expect(leaksIn(`q=${encodeURIComponent(secret)}`)).toEqual([secret]);
  expect(leaksIn('nothing')).toEqual([]);
});

it('tells no credential to anybody: not in answers, metrics, messages, logs, files, nor in a report of the process', async () => {
  const call =
    'apiVersion: cloud-agency/v1\nkind: CallForProposals\nname: quiet\nresources: { web: { kind: compute, require: { cores: ">= 1" } } }\n';
  await axios.post(new URL('/cfp/', agency.url).href, call, { headers: { 'content-type': 'application/yaml' } });
  const pages = ['/vendor/', '/metrics', '/readyz', '/openapi.json', '/-/', '/cfp/'].map(async (path) => {
    const { data } = await axios.get<string>(new URL(path, agency.url).href, {
      responseType: 'text',
      validateStatus: () => true,
      headers: { accept: path === '/metrics' ? 'text/plain' : 'application/json' },
    });
    return [path, data] as const;
  });
  const commands = [['vendors'], ['vendors', '--json'], ['doctor'], ['doctor', '--json'], ['cfps', '--json']].map(
    async (args) => {
      const env = { ...process.env, ...environment, AGENCY_URL: agency.url, AGENCY_DATA: join(directory, 'data') };
      const { stdout, stderr } = await run(process.execPath, [program, ...args], { env }).catch(
        (error: unknown) => error as { stdout: string; stderr: string },
      );
      return [`agency ${args.join(' ')}`, stdout + stderr] as const;
    },
  );
  const read = await Promise.all([...pages, ...commands]);
  expect(read.find(([name]) => name === 'agency vendors')?.[1]).toContain('of-amazon');
  expect(read.find(([name]) => name === 'agency doctor')?.[1]).toContain('of-amazon');
  agency.report();
  while (readdirSync(join(directory, 'reports')).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await agency.stop();
  const files = [
    ...filesIn(join(directory, 'data')),
    ...filesIn(join(directory, 'nats')),
    ...filesIn(join(directory, 'reports')),
    join(directory, 'vault.json'),
  ];
  expect(files.some((file) => file.includes('/reports/'))).toBe(true);
  const everything = [
    ...read,
    ['the bus', overheard.join('\n')],
    ['the log', agency.said()],
    ...files.map((file) => [file, readFileSync(file, 'latin1')]),
  ];
  expect(overheard.length).toBeGreaterThan(10);
  expect(everything.flatMap(([where = '', text = '']) => leaksIn(text).map((secret) => `${secret} in ${where}`))).toEqual([]);
});
