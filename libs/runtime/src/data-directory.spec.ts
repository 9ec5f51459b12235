import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataDirectory, prepareDataDirectory } from './data-directory.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'data-directory-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

it('is created where there is none, and can be opened again after its release', () => {
  const path = join(directory, 'not', 'there', 'yet');
  openDataDirectory(path).release();
  openDataDirectory(path).release();
  expect(JSON.parse(readFileSync(join(path, 'format.json'), 'utf8'))).toEqual({ format: 1 });
});

it('refuses a second user and names the process that has it', () => {
  const first = openDataDirectory(directory);
  expect(() => openDataDirectory(directory)).toThrow(
    expect.objectContaining({
      code: 'data-directory-locked',
      message: expect.stringContaining(`process ${process.pid}`) as string,
    }) as Error,
  );
  first.release();
});

it('is free again once its user was killed', async () => {
  const user = await holdInAnotherProcess(directory);
  expect(() => openDataDirectory(directory)).toThrow(expect.objectContaining({ code: 'data-directory-locked' }) as Error);
  user.kill('SIGKILL');
  await once(user, 'exit');
  openDataDirectory(directory).release();
});

it.each([
  [
    'an unreadable marker',
    () => {
      writeFileSync(join(directory, 'format.json'), '{"form');
    },
    /not JSON/,
  ],
  [
    'a newer format',
    () => {
      writeFileSync(join(directory, 'format.json'), '{"format":7}');
    },
    /its format is 7/,
  ],
  [
    'databases without a marker',
    () => {
      writeFileSync(join(directory, 'agency.db'), '');
    },
    /agency\.db but no format\.json/,
  ],
  [
    'a lock file that is none',
    () => {
      writeFileSync(join(directory, 'lock.db'), 'not a database at all. '.repeat(100));
    },
    /lock\.db/,
  ],
])('refuses a directory with %s, and changes nothing', (_, damage: () => void, reason) => {
  damage();
  expect(() => openDataDirectory(directory)).toThrow(
    expect.objectContaining({ code: 'data-directory-damaged', message: expect.stringMatching(reason) as string }) as Error,
  );
});

it('refuses a path that is a file', () => {
  const path = join(directory, 'file');
  writeFileSync(path, '');
  expect(() => openDataDirectory(path)).toThrow(expect.objectContaining({ code: 'data-directory-damaged' }) as Error);
});

(process.getuid?.() === 0 ? it.skip : it)('refuses a directory that cannot be written to', () => {
  chmodSync(directory, 0o500);
  expect(() => {
    prepareDataDirectory(directory);
  }).toThrow(/EACCES/);
  chmodSync(directory, 0o700);
});

/** The lock as another process would take it. */
async function holdInAnotherProcess(path: string): Promise<ChildProcess> {
  prepareDataDirectory(path);
  const program = `
    const Sqlite = require('libsql');
    const database = new Sqlite(process.argv[1] + '/lock.db');
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
    process.stdout.write('held');
    setInterval(() => database.inTransaction, 1000);`;
  const child = spawn(process.execPath, ['-e', program, path], { stdio: ['ignore', 'pipe', 'inherit'], cwd: __dirname });
  await once(child.stdout, 'data');
  return child;
}
