import { AgencyError } from '@cloud-agency/errors';
import type { SeriesValue } from '@cloud-agency/sla';
import type { IncomingHttpHeaders } from 'node:http';
import type { TakesFigures } from './ingest.js';
import { type Export, type ReadExports, readExports } from './otlp.js';
import { encodedAs } from './otlp-schema.js';
import { type Push, type PushAnswer, unpacked } from './push.js';

type Form = 'protobuf' | 'json';
const mediaTypes: Readonly<Record<string, Form>> = { 'application/x-protobuf': 'protobuf', 'application/json': 'json' };

/** Answers POST /v1/metrics as OTLP/HTTP has it: in the form of the request, failures as google.rpc.Status, refused points as a partial success. */
export async function takeOtlp(ingest: TakesFigures, push: Push): Promise<PushAnswer> {
  const form = formOf(push.headers);
  try {
    if (form) return answer(200, encodedAs('Response', await taken(ingest, push, form), form), form);
    const message = 'OTLP is application/x-protobuf, or application/json; Content-Type says neither.';
    throw new AgencyError('unsupported-media-type', { message });
  } catch (error) {
    if (!(error instanceof AgencyError)) throw error;
    return otlpFailure(error, push.headers);
  }
}

const formOf = (headers: IncomingHttpHeaders): Form | undefined =>
  mediaTypes[headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''];

/** An ExportMetricsServiceResponse. */
async function taken(ingest: TakesFigures, push: Push, form: Form): Promise<object> {
  ingest.begin(push.from);
  const read = parsed(await unpacked(push), form);
  const refused = await takeAll(ingest, push, read);
  if (read.rejected === 0 && refused.length === 0) return {};
  const unread = read.rejected > 0 ? [`${String(read.rejected)} not understood: ${read.why ?? ''}`] : [];
  const rejectedDataPoints = refused.reduce((sum, one) => sum + Number.parseInt(one), read.rejected);
  return { partialSuccess: { rejectedDataPoints: String(rejectedDataPoints), errorMessage: [...unread, ...refused].join('; ') } };
}

function parsed(body: Buffer, form: Form): ReadExports {
  try {
    return readExports(body, form);
  } catch (cause) {
    if (cause instanceof AgencyError) throw cause;
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : String(cause);
    throw new AgencyError('invalid-request', { message: `The body is no ExportMetricsServiceRequest: ${reason}` }, { cause });
  }
}

/** What the resources of one machine tell. */
interface OfMachine {
  readonly machine: Awaited<ReturnType<TakesFigures['machineFor']>>;
  readonly series: SeriesValue[];
}

/**
 * Every machine is looked up before the first figure is taken. A collector sends what many machines tell at once: one that is gone keeps the figures of no
 * other out. @throws AgencyError when there is none whose figures are taken.
 */
async function takeAll(ingest: TakesFigures, push: Push, { exports }: ReadExports): Promise<readonly string[]> {
  const told = exports.filter(({ series }) => series.length > 0);
  const found = await Promise.all(told.map((one) => lookedUp(ingest, push, one)));
  const byMachine = new Map<string, OfMachine>();
  const unknown: { readonly points: number; readonly error: AgencyError }[] = [];
  for (const one of found) {
    if ('error' in one) unknown.push(one);
    else {
      const { machine, series } = one;
      const known = byMachine.get(machine.placement) ?? { machine, series: [] };
      known.series.push(...series);
      byMachine.set(machine.placement, known);
    }
  }
  const [first] = unknown;
  if (first && byMachine.size === 0) throw first.error;
  const refused = unknown.map(({ points, error }) => `${String(points)} of another resource: ${error.message}`);
  for (const { machine, series } of byMachine.values()) refused.push(...(await ingest.take(machine, series)).refused);
  return refused;
}

/** Whose figures they are, or why they are nobody's. */
async function lookedUp(
  ingest: TakesFigures,
  { from, query }: Push,
  { resource, series, points }: Export,
): Promise<(Omit<OfMachine, 'series'> & Pick<Export, 'series'>) | { readonly points: number; readonly error: AgencyError }> {
  try {
    return { machine: await ingest.machineFor(from, resource ?? query.get('resource') ?? undefined), series };
  } catch (error) {
    if (error instanceof AgencyError && error.status < 500) return { points, error };
    throw error;
  }
}

/** google.rpc.Code of what there is. */
const codes: Readonly<Record<number, number>> = { 401: 16, 403: 7, 404: 5, 429: 8, 503: 14 };
const invalidArgument = 3;
const internal = 13;

/** A failure in the form that the request came in, as far as that can be told. */
export function otlpFailure(error: AgencyError, headers: IncomingHttpHeaders): PushAnswer {
  const form = formOf(headers) ?? 'json';
  const { status, message } = error;
  const code = codes[status] ?? (status >= 500 ? internal : invalidArgument);
  return answer(status, encodedAs('Status', { code, message }, form), form, headersOf(error));
}

/** When to come again, or what would be read. */
function headersOf({ status, details: { encodings, seconds } }: AgencyError): Readonly<Record<string, string>> {
  if (status === 429 || status === 503) return { 'Retry-After': String(Number(seconds ?? 1)) };
  return typeof encodings === 'string' ? { 'Accept-Encoding': encodings } : {};
}

const answer = (status: number, body: Buffer, form: Form, headers: Readonly<Record<string, string>> = {}): PushAnswer => ({
  status,
  type: form === 'json' ? 'application/json' : 'application/x-protobuf',
  headers,
  body,
});
