/**
 * Every error that a user can meet: its stable code, the HTTP status a front answers with, and a sentence that says what happened and
 * what to do. `{name}` stands for a detail given when the error is thrown.
 */
export const errorTable = {
  'invalid-document': { status: 400, title: 'Invalid document', template: '{message}' },
  'contradictory-constraints': { status: 400, title: 'Contradictory constraints', template: '{message}' },
  unsupported: { status: 400, title: 'Not supported yet', template: '{path}: {message}' },
  'unreadable-file': {
    status: 400,
    title: 'Unreadable file',
    template: 'Cannot read {file}: {reason}. Check the path and its permissions.',
  },
  'invalid-message': { status: 400, title: 'Invalid message', template: 'The message does not follow its contract: {message}' },
  'invalid-request': { status: 400, title: 'Invalid request', template: '{message}' },
  'invalid-setting': { status: 400, title: 'Invalid setting', template: '{message}' },
  unauthorized: { status: 401, title: 'Unauthorized', template: '{message}' },
  forbidden: { status: 403, title: 'Forbidden', template: '{message}' },
  'agent-refused': { status: 403, title: 'Agent refused', template: '{message}' },
  'agent-early': {
    status: 503,
    title: 'Agent too early',
    template: 'Nothing is known yet of the machine that this token was made for. Try again in {seconds} s.',
  },
  'not-found': { status: 404, title: 'Not found', template: '{what} does not exist. {hint}' },
  'not-allowed': { status: 405, title: 'Method not allowed', template: '{method} is not allowed on {path}. Allowed: {allow}.' },
  'not-acceptable': { status: 406, title: 'Not acceptable', template: '{message}' },
  conflict: { status: 409, title: 'Conflict', template: '{message}' },
  'precondition-failed': { status: 412, title: 'Precondition failed', template: '{message}' },
  'too-large': { status: 413, title: 'Too large', template: '{message}' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type', template: '{message}' },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    template: 'More requests than {limit} a second came from here. Try again in {seconds} s.',
  },
  'unknown-version': {
    status: 501,
    title: 'Unknown OCCI version',
    template: '{version} is not spoken here. The highest version is OCCI/1.2.',
  },
  'port-in-use': {
    status: 500,
    title: 'Port in use',
    template: 'Port {port} on {host} is taken by another program. Stop it, or choose another: {setting}=<port>.',
  },
  'data-directory-locked': {
    status: 500,
    title: 'Data directory in use',
    template:
      'The data directory {directory} is used by a running Agency (process {pid}). Stop it, or choose another: AGENCY_DATA=<directory>.',
  },
  'data-directory-damaged': {
    status: 500,
    title: 'Data directory damaged',
    template:
      'The data directory {directory} cannot be used: {reason}. Nothing was changed. Restore it from a backup, or start with another: AGENCY_DATA=<directory>.',
  },
  'no-nats-server': {
    status: 500,
    title: 'No nats-server',
    template: 'There is no nats-server for this platform ({platform}). {hint}',
  },
  'issuer-unreachable': {
    status: 503,
    title: 'Identity provider unreachable',
    template: 'Tokens cannot be checked: {issuer} does not answer as it should ({reason}). Try again in a moment.',
  },
  'bus-unreachable': {
    status: 503,
    title: 'Bus unreachable',
    template: 'Cannot reach the NATS server at {url}: {reason}. Start it, or correct NATS_URL.',
  },
  'store-unreachable': {
    status: 503,
    title: 'Store unreachable',
    template: 'Cannot reach the database: {reason}. Start it, or correct DATABASE_URL.',
  },
  'role-unreachable': {
    status: 503,
    title: 'Role unreachable',
    template:
      'No process that plays the role {role} answers. Start one with AGENCY_ROLES={role}, or wait for the one that is busy.',
  },
  'store-unavailable': {
    status: 503,
    title: 'Store unavailable',
    template:
      'The database does not answer at the moment: {reason}. Try again in {seconds} s, and look first whether it was done after all.',
  },
  'monitor-unreachable': {
    status: 503,
    title: 'Monitor unreachable',
    template: 'No monitor takes samples at the moment: {reason}. Send them again in a moment; what is sent twice counts once.',
  },
  'archive-unreachable': {
    status: 503,
    title: 'Archive unreachable',
    template: 'No monitor says what was measured: {reason}. Ask again in a moment; if it stays so, look whether a monitor runs.',
  },
  'agency-unreachable': {
    status: 503,
    title: 'Agency unreachable',
    template: 'No Cloud Agency answers at {url}. Start one with: npm start',
  },
  'time-limit-reached': {
    status: 503,
    title: 'Time limit reached',
    template:
      'No plan was found in the time that there is for one selection; there may be some. Ask for fewer items, or for looser constraints, or try again.',
  },
  'testbed-addresses': { status: 500, title: 'No addresses for the testbed', template: '{message}' },
  'child-ended': { status: 500, title: 'A part ended', template: '{what} ended unexpectedly: {reason}.' },
  internal: {
    status: 500,
    title: 'Internal error',
    template: 'Something went wrong inside the Agency; nothing was half done. Its log has the details under {reference}.',
  },
} as const satisfies Record<string, { status: number; title: string; template: string }>;

export type ErrorCode = keyof typeof errorTable;
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error with a stable code. `details` fill the code's sentence and travel to the client beside it. */
export class AgencyError extends Error {
  readonly status: number;
  readonly title: string;

  constructor(
    readonly code: ErrorCode,
    readonly details: ErrorDetails = {},
    options: { cause?: unknown } = {},
  ) {
    super(filled(errorTable[code].template, details), options);
    this.name = 'AgencyError';
    this.status = errorTable[code].status;
    this.title = errorTable[code].title;
  }
}

function filled(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => printable(details[name])).trim();
}

function printable(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
