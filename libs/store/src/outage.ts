import { AgencyError } from '@cloud-agency/errors';

/** When it is worth asking again, s. */
const askAgainAfter = 5;

/** SQLite: another process holds the file. PostgreSQL: the connection broke, none could be made, the server is going down or coming up, or this process stood still for too long (database.ts). */
const outages: readonly RegExp[] = [
  /^SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|FULL)/,
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/,
  /^(08\w{3}|57P0[123]|53300|25P03)$/,
];
/** What node-postgres says without a code. */
const brokenOff = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** The error that a client is told when the database is away and will be back; undefined when that is not what went wrong. */
export function storeOutage(error: unknown): AgencyError | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? String(error.code) : '';
  if (!outages.some((outage) => outage.test(code)) && !brokenOff.test(error.message)) return undefined;
  return new AgencyError('store-unavailable', { reason: error.message, seconds: askAgainAfter }, { cause: error });
}
