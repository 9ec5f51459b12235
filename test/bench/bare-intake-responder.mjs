/** Commits what it is sent every twenty milliseconds, and then answers. */
import { connect } from '@nats-io/transport-node';
import Sqlite from 'libsql';
import { join } from 'node:path';

const [servers, token, directory] = process.argv.slice(2);
const database = new Sqlite(join(directory, 'bare.db'));
database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE taken (at INTEGER, series INTEGER, value REAL, PRIMARY KEY (at, series)) WITHOUT ROWID`);
const insert = database.prepare(
  `INSERT INTO taken VALUES ${Array.from({ length: 100 }, () => '(?, ?, ?)').join()} ON CONFLICT DO NOTHING`,
);
const connection = await connect({ servers, token });
let waiting = [];
connection.subscribe('bench.samples', { callback: (_error, message) => waiting.push(message) });
setInterval(() => {
  const taken = waiting;
  waiting = [];
  database.exec('BEGIN');
  for (const message of taken) insert.run(message.json().samples.flatMap(({ at, value }, index) => [at, index, value]));
  database.exec('COMMIT');
  for (const message of taken) message.respond('{}');
}, 20);
await connection.flush();
process.send('ready');
process.once('disconnect', () => connection.close().then(() => process.exit(0)));
