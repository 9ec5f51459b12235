import { findNatsServer } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import {
  type Clock,
  databasesIn,
  openDataDirectory,
  readConfig,
  readSettings,
  type Settings,
  systemClock,
} from '@cloud-agency/runtime';
import { existsSync, statfsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { exit } from '../failure.js';
import { type Finding, healthOf } from '../health.js';
import { bundleOf } from '../supervision/bundle.js';
import { checkPort } from '../supervision/port.js';
import type { Terminal } from '../terminal.js';
import { type Invocation, verb, withUrl } from '../verb.js';

/** Looks at everything that `agency up` needs, or at what runs, and says what to do about what is not as it should be. */
export const doctor = verb(
  { name: 'doctor', description: 'Check what the Agency needs here, and how one that runs is', adjust: withUrl },
  async (invocation) => {
    const { environment, terminal } = invocation;
    const agency = await running(invocation);
    const findings = [checkNode(), agency, checkPing(environment.PATH)];
    const settings = await found(
      'settings',
      () => settingsOf(invocation),
      () => environment.AGENCY_CONFIG || 'the defaults and the environment',
    );
    findings.push(settings.finding);
    if (settings.value && isNone(agency)) findings.push(...(await readyToStart(settings.value)));
    if (settings.value) findings.push(...checkDisk(settings.value.dataDirectory));
    if (settings.value) findings.push(...(await checkStores(settings.value.dataDirectory)));
    if (settings.value) findings.push(...(await accounts(settings.value)));
    if (!isNone(agency)) findings.push(...(await healthOf(invocation.client)));
    for (const finding of findings)
      terminal.tell(`${mark(finding, terminal)} ${finding.check.padEnd(15)} ${finding.message}`, told(finding));
    return findings.every(({ ok, isIllness }) => ok || !isIllness) ? exit.done : exit.failed;
  },
);

/** Nobody answers: one can be started. */
const isNone = ({ ok, isIllness }: Finding): boolean => !ok && !isIllness;

function mark({ ok, isIllness }: Finding, terminal: Terminal): string {
  if (ok) return terminal.style('green', 'ok  ');
  return isIllness ? terminal.style('red', 'no  ') : terminal.style('yellow', 'note');
}

const told = ({ check, ok, isIllness, message }: Finding): object => ({ check, ok, illness: isIllness, message });

const gibibyte = 1024 ** 3;

/** Databases and log grow there: a disk that is full stops whatever wants to be written. */
function checkDisk(directory: string): readonly Finding[] {
  if (!existsSync(directory)) return [];
  const { bavail, blocks, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  const ok = free >= gibibyte && bavail / blocks >= 0.05;
  const figure = `${(free / gibibyte).toFixed(1)} GiB (${((100 * bavail) / blocks).toFixed(0)} %) free at ${directory}`;
  const message = ok
    ? figure
    : `${figure}: make room, or nothing can be stored any more; the log and what monitoring.keep says are what grows`;
  return [{ check: 'disk', ok, message, isIllness: !ok }];
}

/** Large ones are not gone through at a start (libs/store, sqlite.ts), so they are here. */
async function checkStores(directory: string): Promise<readonly Finding[]> {
  const { faultOf } = await import('@cloud-agency/store');
  const files = databasesIn(directory);
  if (files.length === 0) return [];
  const faults = files.map((file) => faultOf(join(directory, file))?.concat(` (${file})`)).filter((fault) => fault !== undefined);
  const ok = faults.length === 0;
  const message = ok
    ? `${files.join(', ')} ${files.length > 1 ? 'are' : 'is'} sound`
    : new AgencyError('data-directory-damaged', { directory, reason: faults.join('; ') }).message;
  return [{ check: 'databases', ok, message, isIllness: !ok }];
}

function checkPing(path = ''): Finding {
  const found = path.split(delimiter).find((directory) => directory !== '' && existsSync(join(directory, 'ping')));
  const message =
    found === undefined
      ? 'none here: probes of kind icmp measure nothing until it is installed (on Debian: apt-get install iputils-ping)'
      : join(found, 'ping');
  // Only probes of kind icmp need it.
  return { check: 'ping', ok: found !== undefined, message, isIllness: false };
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { check: 'node', ok, message: `${process.versions.node}${ok ? '' : '; 20.19 or later is needed'}`, isIllness: !ok };
}

async function running({ client }: Invocation): Promise<Finding> {
  const check = 'agency';
  try {
    const { ready, parts } = await client.readiness();
    const states = Object.entries(parts).map(([part, state]) => `${part} ${String(state)}`);
    const message = ready ? `ready at ${client.url}` : `at ${client.url}, not ready: ${states.join(', ')}`;
    return { check, ok: ready, message, isIllness: !ready };
  } catch (error) {
    return { check, ok: false, message: messageOf(error), isIllness: false };
  }
}

function settingsOf({ environment, readFile }: Invocation): Settings {
  return readSettings(environment, readConfig(environment.AGENCY_CONFIG, { read: readFile }));
}

async function readyToStart(settings: Settings): Promise<readonly Finding[]> {
  const { host, port, dataDirectory, natsUrl } = settings;
  const checks = [
    found(
      'port',
      () => checkPort(host, port),
      () => `${port} on ${host} is free`,
    ),
    ...agentPort(settings),
    found(
      'data directory',
      () => {
        checkDirectory(dataDirectory);
      },
      () => `${dataDirectory} ${existsSync(dataDirectory) ? 'is sound' : 'will be created'}`,
    ),
    found(
      'nats-server',
      () => natsUrl ?? findNatsServer(),
      (server) => server,
    ),
  ];
  return (await Promise.all(checks)).map(({ finding }) => finding);
}

/** Where agents of machines are to come in, if that is said. */
function agentPort({ host, agents }: Settings): ReturnType<typeof found>[] {
  const port = agents?.port;
  if (typeof port !== 'number') return [];
  return [
    found(
      'agents',
      () => checkPort(host, port).catch((cause: unknown) => takenPort(host, port, cause)),
      () => `${String(port)} on ${host} is free for agents of machines`,
    ),
  ];
}

function takenPort(host: string, port: number, cause: unknown): never {
  const message = `Port ${String(port)} on ${host}, where agents of machines are to come in, cannot be had. Choose another: AGENCY_AGENT_PORT=<port>.`;
  throw new AgencyError('invalid-setting', { message }, { cause });
}

/** What the vendors say to each account. By the bundle's URL, not by import: apps know nothing of each other (docs/adr/0006). */
async function accounts({ config }: Settings): Promise<readonly Finding[]> {
  if (config.accounts.length === 0) return [];
  const vendorAgents = (await import(bundleOf('vendor-agents').href)) as VendorAgents;
  const examined = await vendorAgents.examineAccounts(config, systemClock);
  return examined.map(({ account, ok, message }) => ({ check: `account ${account}`, ok, message, isIllness: !ok }));
}

interface VendorAgents {
  examineAccounts(
    config: Settings['config'],
    clock: Clock,
  ): Promise<readonly { readonly account: string; readonly ok: boolean; readonly message: string }[]>;
}

function checkDirectory(path: string): void {
  if (existsSync(path)) openDataDirectory(path).release();
}

async function found<T>(
  check: string,
  look: () => T | Promise<T>,
  tell: (value: T) => string,
): Promise<{ finding: Finding; value?: T }> {
  try {
    const value = await look();
    return { finding: { check, ok: true, message: tell(value), isIllness: false }, value };
  } catch (error) {
    return { finding: { check, ok: false, message: messageOf(error), isIllness: true } };
  }
}

function messageOf(error: unknown): string {
  if (error instanceof AgencyError || error instanceof Error) return error.message;
  return String(error);
}
