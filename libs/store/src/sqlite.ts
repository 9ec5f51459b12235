import { reasonOf } from '@cloud-agency/errors';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { statSync } from 'node:fs';
import Sqlite from 'libsql';

/** How long a statement waits for another process that has locked the file while it is opened, and later, ms. */
const openingMs = 5_000;
/** The whole process waits with a statement, so not for long: what could not be written is tried again by its loop, or its client. */
const busyMs = 250;

/**
 * To go through a file takes two seconds a gigabyte at best, and nothing is measured meanwhile: one that is larger, in bytes, is opened as it is
 * (`faultOf` goes through it at any time). A page that is damaged is told by SQLite when it is read.
 */
const largestGoneThrough = 256 * 1024 ** 2;

/** Statements kept, and the longest text of one that is: those that insert many rows at once are seldom the same again. */
const mostStatements = 500;
const longestStatement = 4_000;

/**
 * An SQLite file in WAL mode, a small one gone through whether it is sound, as Kysely wants it. Prepares each statement once, where Kysely would each time it is run.
 * A statement that found the file locked stays half begun, and the driver knows no way to reset it: with one about, the connection can
 * commit nothing any more. So it is dropped for another one as soon as its transaction is over.
 * @throws Error when the file is not sound.
 */
export class SqliteFile implements SqliteDatabase {
  private connection: Sqlite.Database;
  private readonly kept = new Map<string, SqliteStatement>();
  private isSpoilt = false;

  /** `shrinks` is for a new file: whether what becomes free in it can be given back to the file system. */
  constructor(
    private readonly file: string,
    shrinks: boolean,
  ) {
    this.connection = connect(file, openingMs, shrinks);
    if (statSync(file).size <= largestGoneThrough) goThrough(this.connection);
    this.connection.exec(`PRAGMA busy_timeout = ${busyMs}`);
  }

  close(): void {
    this.kept.clear();
    this.connection.close();
  }

  prepare(text: string): SqliteStatement {
    if (this.isSpoilt && !this.connection.inTransaction) this.connectAgain();
    if (text === 'rollback' && !this.connection.inTransaction) return nothing;
    const statement = this.kept.get(text) ?? this.watched(this.connection.prepare(text), text);
    if (text.length <= longestStatement) this.keep(text, statement);
    return statement;
  }

  /** Those that were not used for longest go: some have as many places as there were values, and are seldom the same again. */
  private keep(text: string, statement: SqliteStatement): void {
    this.kept.delete(text);
    this.kept.set(text, statement);
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostStatements && oldest !== undefined) this.kept.delete(oldest);
  }

  private connectAgain(): void {
    const fresh = connect(this.file, busyMs, false);
    this.close();
    this.connection = fresh;
    this.isSpoilt = false;
  }

  private watched(statement: SqliteStatement, text: string): SqliteStatement {
    const watch = <Result>(run: () => Result): Result => {
      try {
        return run();
      } catch (error) {
        this.isSpoilt ||= isLock(error);
        throw error;
      }
    };
    return {
      // It answers nothing, and yet goes on only for as long as it is read from.
      reader: statement.reader || text.startsWith('PRAGMA incremental_vacuum'),
      all: (parameters) => watch(() => statement.all(parameters)),
      run: (parameters) => watch(() => statement.run(parameters)),
      iterate: (parameters) => statement.iterate(parameters),
    };
  }
}

/** A disk that is full has SQLite roll back by itself; to do it again would be another error, in place of the one that says why. */
const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
};

function connect(file: string, patienceMs: number, shrinks: boolean): Sqlite.Database {
  const connection = new Sqlite(file);
  // To be the first word about a new file.
  if (shrinks) connection.exec('PRAGMA auto_vacuum = INCREMENTAL;');
  connection.exec(
    `PRAGMA busy_timeout = ${patienceMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;`,
  );
  return connection;
}

/** @throws Error when it is not sound. */
function goThrough(connection: Sqlite.Database): void {
  const { quick_check: verdict } = connection.prepare('PRAGMA quick_check').get() as { quick_check: string };
  if (verdict !== 'ok') throw new Error(verdict);
}

/** Goes through an SQLite file that is there, and may be in use. @returns what is wrong with it; undefined: it is sound. */
export function faultOf(file: string): string | undefined {
  try {
    const connection = new Sqlite(file);
    try {
      connection.exec(`PRAGMA busy_timeout = ${openingMs}`);
      goThrough(connection);
    } finally {
      connection.close();
    }
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

const isLock = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code));
