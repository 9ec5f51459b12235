import { AgencyError, reasonOf } from '@cloud-agency/errors';
import Sqlite from 'libsql';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Layout of what is in a data directory; a newer Agency that changes it counts up. */
const format = 1;

export interface DataDirectory {
  readonly path: string;
  /** Lets another Agency use it. The end of the process does the same, however it comes. */
  release(): void;
}

/**
 * Creates the directory if need be, and makes sure that nobody else uses it as long as this process lives.
 * @throws AgencyError data-directory-locked with the process that has it; data-directory-damaged when it is not writable, not ours, or unreadable.
 */
export function openDataDirectory(path: string): DataDirectory {
  prepareDataDirectory(path);
  const lock = takeLock(path);
  const pidFile = join(path, 'agency.pid');
  writeFileSync(pidFile, `${process.pid}\n`);
  return {
    path,
    release() {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

/** Creates the directory if need be and checks its marker, without taking the lock: single apps of the distributed mode share it. */
export function prepareDataDirectory(path: string): void {
  try {
    makeDirectory(path);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    checkMarker(path);
  } catch (cause) {
    if (cause instanceof AgencyError) throw cause;
    throw damaged(path, reasonOf(cause), cause);
  }
}

/** One step at a time: Node's own recursive mkdir never ends where a file system, such as /proc, knows no new directories. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
}

function checkMarker(path: string): void {
  const marker = join(path, 'format.json');
  const entries = readdirSync(path);
  if (!entries.includes('format.json')) {
    const database = entries.find(isDatabase);
    if (database) throw damaged(path, `it has ${database} but no format.json, which says how to read it`);
    writeFileSync(`${marker}.new`, `${JSON.stringify({ format })}\n`);
    renameSync(`${marker}.new`, marker);
    return;
  }
  const found = formatIn(path, readFileSync(marker, 'utf8'));
  if (found !== format)
    throw damaged(path, `its format is ${String(found)}, and this version of the Agency reads format ${format}`);
}

function formatIn(path: string, text: string): unknown {
  try {
    return (JSON.parse(text) as { format?: unknown } | null)?.format;
  } catch (cause) {
    throw damaged(path, 'its format.json is not JSON', cause);
  }
}

const lockFile = 'lock.db';

const isDatabase = (name: string): boolean => name.endsWith('.db') && name !== lockFile;

/** The names of the databases in a data directory, if it is there. */
export const databasesIn = (path: string): readonly string[] =>
  existsSync(path) ? readdirSync(path).filter(isDatabase).sort() : [];

/** SQLite's own file lock: it knows no race, and the kernel gives it up when the process ends, `kill -9` included. */
function takeLock(path: string): { close(): void } {
  const database = openLock(path);
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
    return database;
  } catch (cause) {
    database.close();
    if (!/locked|busy/i.test(reasonOf(cause))) throw damaged(path, `${lockFile}: ${reasonOf(cause)}`, cause);
    throw new AgencyError('data-directory-locked', { directory: path, pid: holder(path) }, { cause });
  }
}

function openLock(path: string): Sqlite.Database {
  try {
    return new Sqlite(join(path, lockFile));
  } catch (cause) {
    throw damaged(path, `${lockFile}: ${reasonOf(cause)}`, cause);
  }
}

function holder(path: string): string {
  try {
    return readFileSync(join(path, 'agency.pid'), 'utf8').trim();
  } catch {
    return 'just starting';
  }
}

const damaged = (directory: string, reason: string, cause?: unknown): AgencyError =>
  new AgencyError('data-directory-damaged', { directory, reason }, { cause });
