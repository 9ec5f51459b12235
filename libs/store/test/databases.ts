import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import type { StorePlace } from '../src/index.js';

export interface TestDatabase {
  readonly place: StorePlace;
  end(): Promise<void>;
}

/** PGlite has one session for all connections, so it cannot tell schemas apart by connection. */
export const oneSession = 'PostgreSQL (PGlite)';

/** A PostgreSQL server to test on as well, when there is one (.ci/run starts Debian's). */
const serverUrl = process.env.TEST_DATABASE_URL;

/** The databases that the Agency runs on, each as it is met in real life: a file, and a server that speaks PostgreSQL's protocol. */
export const databases: Readonly<Record<string, () => Promise<TestDatabase>>> = {
  'SQLite (libsql)': async () => {
    const directory = await mkdtemp(join(tmpdir(), 'agency-store-'));
    return {
      place: { schema: 'tested', directory },
      end: () => rm(directory, { recursive: true, force: true }),
    };
  },
  [oneSession]: async () => {
    const entry = createRequire(__filename).resolve('@electric-sql/pglite-socket');
    const program = join(dirname(entry), 'scripts/server.js');
    const server = spawn(process.execPath, [program, '--db=memory://', '--host=127.0.0.1', '--port=0', '--max-connections=20']);
    const port = await announcedPort(server);
    return {
      place: { schema: 'tested', directory: tmpdir(), databaseUrl: `postgres://postgres:postgres@127.0.0.1:${port}/postgres` },
      async end() {
        server.kill();
        await once(server, 'exit');
      },
    };
  },
  ...(serverUrl === undefined
    ? {}
    : {
        'PostgreSQL (server)': () => ownSchema(serverUrl),
      }),
};

/** Suites share the server, and those that a worker of jest runs one after the other share its process as well. */
function ownSchema(url: string): Promise<TestDatabase> {
  const schema = `tested_${randomUUID().replaceAll('-', '')}`;
  return Promise.resolve({
    place: { schema, directory: tmpdir(), databaseUrl: url },
    async end() {
      const client = new pg.Client(url);
      await client.connect();
      await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
      await client.end();
    },
  });
}

async function announcedPort(server: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
    const port = /listening on .*"port":(\d+)/.exec(line)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error('The PGlite server ended before it listened');
}
