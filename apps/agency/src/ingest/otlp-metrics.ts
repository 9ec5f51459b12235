import { AgencyError } from '@cloud-agency/errors';
import type { IncomingHttpHeaders } from 'node:http';
import type { TakesFigures } from './ingest.js';
import { type ReadExports, readExports } from './otlp.js';
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
    throw new AgencyError('invalid-request', { message });
  } catch (error) {
    if (!(error instanceof AgencyError)) throw error;
    return otlpFailure(error, push.headers);
  }
}

const formOf = (headers: IncomingHttpHeaders): Form | undefined =>
  mediaTypes[headers['content-type']?.split(';', 1)[0]?.trim() ?? ''];

/** An ExportMetricsServiceResponse. */
async function taken(ingest: TakesFigures, push: Push, form: Form): Promise<object> {
  ingest.begin(push.from);
  const read = parsed(await unpacked(push), form);
  const refused = await takeAll(ingest, push, read);
  if (read.rejected === 0 && refused.length === 0) return {};
  const unread = read.rejected > 0 ? [`${String(read.rejected)} not understood: ${read.why ?? ''}`] : [];
  const rejectedDataPoints = refused.reduce((sum, one) => sum + Number.parseInt(one), read.rejected);
  return { partialSuccess: { rejectedDataPoints, errorMessage: [...unread, ...refused].join('; ') } };
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

/** Every machine is known before the first figure is taken: a request is not half wrong. */
async function takeAll(ingest: TakesFigures, { from, query }: Push, { exports }: ReadExports): Promise<readonly string[]> {
  const told = exports.filter(({ series }) => series.length > 0);
  const known = await Promise.all(
    told.map(({ resource }) => ingest.machineFor(from, resource ?? query.get('resource') ?? undefined)),
  );
  const byMachine = new Map<string, { machine: (typeof known)[number]; series: (typeof told)[number]['series'] }>();
  for (const [index, machine] of known.entries()) {
    const series = [...(byMachine.get(machine.placement)?.series ?? []), ...(told[index]?.series ?? [])];
    byMachine.set(machine.placement, { machine, series });
  }
  const refused: string[] = [];
  for (const { machine, series } of byMachine.values()) refused.push(...(await ingest.take(machine, series)).refused);
  return refused;
}

/** google.rpc.Code of what there is. */
const codes: Readonly<Record<number, number>> = { 401: 16, 403: 7, 404: 5, 429: 8, 503: 14 };
const invalidArgument = 3;
const internal = 13;

/** A failure in the form that the request came in, as far as that can be told. */
export function otlpFailure(error: AgencyError, headers: IncomingHttpHeaders): PushAnswer {
  const form = formOf(headers) ?? 'json';
  const { status, message, details } = error;
  const code = codes[status] ?? (status >= 500 ? internal : invalidArgument);
  const again = status === 429 || status === 503 ? { 'Retry-After': String(Number(details.seconds ?? 1)) } : {};
  return answer(status, encodedAs('Status', { code, message }, form), form, again);
}

const answer = (status: number, body: Buffer, form: Form, headers: Readonly<Record<string, string>> = {}): PushAnswer => ({
  status,
  type: form === 'json' ? 'application/json' : 'application/x-protobuf',
  headers,
  body,
});
