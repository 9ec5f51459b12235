/** Errors as answers (OCCI.md 2.3): RFC 9457 for JSON clients, the same as a line of text for the others. Never a stack. */
import { AgencyError } from '@cloud-agency/errors';
import { storeOutage } from '@cloud-agency/store';
import type { FrontPorts } from './ports.js';
import { isJson, negotiate } from './media.js';
import type { Answer } from './message.js';

export function problemAnswer(error: unknown, accept: string | undefined, ports: Pick<FrontPorts, 'ids' | 'log'>): Answer {
  const known = agencyError(error, ports);
  const answer = { status: known.status, headers: headersOf(known) };
  if (!wantsJson(accept)) {
    return { ...answer, type: 'text/plain; charset=utf-8', body: `${known.title} (${known.code}): ${known.message}\n` };
  }
  const problem = {
    ...known.details,
    // It is in `detail`, filled in.
    message: undefined,
    type: `urn:cloud-agency:problem:${known.code}`,
    title: known.title,
    status: known.status,
    detail: known.message,
    code: known.code,
  };
  return { ...answer, type: 'application/problem+json', body: `${JSON.stringify(problem)}\n` };
}

/** What a client must be able to read without understanding the body. */
function headersOf({ code, details: { allow, challenge, encodings, seconds } }: AgencyError): Readonly<Record<string, string>> {
  if (code === 'not-allowed' && typeof allow === 'string') return { Allow: allow };
  if (code === 'unsupported-media-type' && typeof encodings === 'string') return { 'Accept-Encoding': encodings };
  if (code === 'unauthorized' && typeof challenge === 'string') return { 'WWW-Authenticate': challenge };
  if (code === 'too-many-requests' || code === 'store-unavailable') return { 'Retry-After': String(seconds) };
  return {};
}

/** Whatever was thrown, as what a client is told; what nobody foresaw is logged. */
export function agencyError(error: unknown, { ids, log }: Pick<FrontPorts, 'ids' | 'log'>): AgencyError {
  if (error instanceof AgencyError) {
    if (error.status >= 500) log.warn({ err: error }, error.message);
    return error;
  }
  const fromServer = refusedByServer(error);
  if (fromServer) return fromServer;
  const outage = storeOutage(error);
  if (outage) {
    log.warn({ err: error }, 'A request could not be served: the database does not answer.');
    return outage;
  }
  const reference = ids.next();
  log.error({ err: error, reference }, 'A request failed for a reason nobody foresaw.');
  return new AgencyError('internal', { reference }, { cause: error });
}

/** What Fastify refuses before a handler runs: a body over the limit, a path that cannot be decoded, a length that is not kept. */
function refusedByServer(error: unknown): AgencyError | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  if (error.statusCode === 413)
    return new AgencyError('too-large', { message: 'The body is larger than 1 MiB.' }, { cause: error });
  if (error.statusCode >= 500) return undefined;
  return new AgencyError(
    'invalid-request',
    { message: `The request cannot be read: ${error.message.replace(/\.+$/, '')}.` },
    { cause: error },
  );
}

function wantsJson(accept: string | undefined): boolean {
  const texts = ['text/plain', 'text/occi+plain', 'text/occi', 'text/uri-list', 'text/html'] as const;
  const jsons = ['application/problem+json', 'application/json', 'application/occi+json'] as const;
  try {
    return isJson(negotiate(accept, [...texts, ...jsons]));
  } catch {
    return false;
  }
}
