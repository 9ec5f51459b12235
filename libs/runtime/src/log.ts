import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/** Names of fields that may hold a secret: never printed, at any depth up to three. */
const secretFields = ['password', 'secret', 'token', 'credentials', 'authorization', 'sshKey', 'userData', 'secretAccessKey'];
const redacted = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** A JSON-lines logger, on standard error unless told otherwise. Levels: error (an operator must act), warn (something failed and was handled), info (what happened), debug. */
export function createLog(
  app: string,
  level: string,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Log {
  return pino({ name: app, level, redact: { paths: redacted, censor: '[secret]' }, base: { app } }, destination);
}
