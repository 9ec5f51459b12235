/** The apps' own tables, read from outside: SQLite files or one PostgreSQL, the same questions. */
import Database from 'libsql';
import { join } from 'node:path';
import pg from 'pg';

/** @returns { all(schema, question), close() } */
export function openRecords({ directory, databaseUrl }) {
  return databaseUrl ? inPostgres(databaseUrl) : inSqlite(join(directory, 'data'));
}

function inSqlite(directory) {
  const open = new Map();
  const of = (schema) => {
    if (!open.has(schema)) open.set(schema, new Database(join(directory, `${schema}.db`), { readonly: true }));
    return open.get(schema);
  };
  return {
    all: async (schema, question) => of(schema).prepare(question).all(),
    async close() {
      for (const database of open.values()) database.close();
    },
  };
}

function inPostgres(url) {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  return {
    async all(schema, question) {
      const client = await pool.connect();
      try {
        await client.query(`SET search_path = ${schema}`);
        return (await client.query(question)).rows;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}
