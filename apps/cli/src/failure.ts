import { AgencyError, type ErrorCode, reasonOf } from '@cloud-agency/errors';
import { RefusedRequest } from './client.js';
import type { Terminal } from './terminal.js';
import { forTerminal } from './wording.js';

/** Exit codes: 0 done, 1 refused or failed, 2 bad usage or an invalid document. */
export const exit = { done: 0, failed: 1, badUsage: 2 } as const;

const badUsageCodes: readonly (ErrorCode | 'usage')[] = [
  'usage',
  'invalid-document',
  'contradictory-constraints',
  'unsupported',
  'unreadable-file',
  'invalid-setting',
  'invalid-request',
  'too-large',
];

/** Says what went wrong and what to do, in one piece and without a stack trace; resolves to the exit code. */
export function tellFailure(error: unknown, terminal: Terminal): number {
  const { code, message, details } = described(error);
  terminal.complain(`agency: ${message}`, { error: { code, message, ...details } });
  if (process.env.AGENCY_LOG === 'debug' && error instanceof Error) terminal.complain(error.stack ?? '', {});
  return (badUsageCodes as readonly string[]).includes(code) ? exit.badUsage : exit.failed;
}

function described(error: unknown): { code: string; message: string; details: object } {
  if (error instanceof AgencyError) return { code: error.code, message: error.message, details: error.details };
  if (error instanceof RefusedRequest) return { code: error.code, message: forTerminal(error), details: error.problem };
  const message = reasonOf(error);
  return { code: 'internal', message: `something went wrong: ${message}. AGENCY_LOG=debug shows where.`, details: {} };
}
