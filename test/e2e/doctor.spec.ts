import { execFile } from 'node:child_process';
import Sqlite from 'libsql';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

const program = join(__dirname, '../../apps/cli/bin/agency.js');
const call = `apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources:
  web: { kind: compute, require: { cores: ">= 1", memory: ">= 1 GiB" } }
negotiate: { reply_by: 3 s, accept: best }
probes:
  - { of: web, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms, failures: 1 }
guarantees:
  - { term: availability, of: web, at_least: 90 %, over: 10 s }
`;

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
}

/** Runs the command on a data directory. */
async function examined(agency: AgencyProcess): Promise<{ code: number; findings: Readonly<Record<string, Finding>> }> {
  const env = { ...process.env, AGENCY_URL: agency.url, AGENCY_DATA: agency.directory, AGENCY_PORT: String(agency.port) };
  const { stdout, code = 0 } = await promisify(execFile)(process.execPath, [program, 'doctor', '--json'], { env })
    .then((output): { stdout: string; code?: number } => output)
    .catch((error: unknown) => error as { stdout: string; code: number });
  const findings = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Finding);
  return { code, findings: Object.fromEntries(findings.map((finding) => [finding.check, finding])) };
}

const wrongIn = (findings: Readonly<Record<string, Finding>>): readonly string[] =>
  Object.values(findings)
    .filter(({ ok, check }) => !ok && check !== 'ping')
    .map(({ check }) => check);

/** As a disk does: a page in the middle of the file is not what was written. */
async function spoil(file: string): Promise<void> {
  const database = new Sqlite(file);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const { size } = await stat(file);
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(4_096, 0xa5), 0, 4_096, 4_096 * Math.floor(size / 8_192));
  await handle.close();
}

let agency: AgencyProcess;
afterAll(() => agency.stopAndForget());

it('says how an Agency is that runs, that none runs, and which of its databases is damaged', async () => {
  agency = await AgencyProcess.start({ clouds: ['linode'] });
  const well = await examined(agency);
  expect(well).toMatchObject({
    code: 0,
    findings: {
      agency: { ok: true, message: `ready at ${agency.url}` },
      monitor: { ok: true },
      vendors: { ok: true, message: 'all 1 agent alive' },
      databases: { ok: true, message: 'agency.db, monitor.db, vendor_agents.db are sound' },
    },
  });
  expect(wrongIn(well.findings)).toEqual([]);

  const client = new Client(agency.url);
  const cfp = await client.submit(call);
  await client.cfpReaches(cfp, 'fulfilled');
  const [compute] = await client.computesOf(cfp);
  await new TestbedControl(agency.testbedUrl).die(String(compute!.attributes['agency.address']));
  const { id } = await client.agreementOf(cfp);
  await eventually(async () => {
    const { code, findings } = await examined(agency);
    // A matter of machines, not of the Agency.
    expect(code).toBe(0);
    expect(wrongIn(findings)).toEqual(['agreements']);
    expect(findings.agreements!.message).toContain(id);
  });

  await agency.stop();
  await spoil(join(agency.directory, 'monitor.db'));
  const damaged = await examined(agency);
  expect(damaged.code).toBe(1);
  expect(wrongIn(damaged.findings)).toEqual(['agency', 'databases']);
  expect(damaged.findings.databases!.message).toMatch(/monitor\.db.*backup/);
  expect(damaged.findings.agency!.message).toContain('npm start');
}, 60_000);
