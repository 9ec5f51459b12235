import pg from 'pg';

/** A PostgreSQL server to test on, when there is one (.ci/run starts Debian's). */
const server = process.env.TEST_DATABASE_URL;

/** For what nothing but a server shows, such as two processes at once: skipped where there is none. */
export const describeOnServer = server === undefined ? describe.skip : describe;

/** A database of the server's that nobody else uses, until it is ended. */
export async function serverDatabase(purpose: string): Promise<{ readonly url: string; end(): Promise<void> }> {
  const name = `${purpose}_${String(process.pid)}`;
  await ask(`CREATE DATABASE ${name}`);
  const url = new URL(server ?? '');
  url.pathname = `/${name}`;
  return { url: url.href, end: () => ask(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function ask(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(statement);
  await client.end();
}
