/** What applications tell of the computes that they run on: OTLP/HTTP, and OpenMetrics text (docs/resource-agent.md). */
import { otlpFailure, takeOtlp } from '../ingest/otlp-metrics.js';
import type { Push } from '../ingest/push.js';
import { takeText } from '../ingest/text-metrics.js';
import type { Answer, FrontRequest } from './message.js';
import type { FrontPorts } from './ports.js';
import { agencyError } from './problem.js';

/** A request whose body is no text. */
export interface PushRequest {
  readonly request: Pick<FrontRequest, 'headers' | 'query'>;
  readonly body: Buffer;
  /** Admits it, and resolves to its tenant. @throws AgencyError unauthorized, too-many-requests. */
  readonly admit: () => Promise<string>;
}

export const otlpPath = '/v1/metrics';
export const textPath = '/v1/openmetrics';

export async function answerOtlp({ request, body, admit }: PushRequest, { ingest }: Pick<FrontPorts, 'ingest'>): Promise<Answer> {
  return await takeOtlp(ingest, { ...request, body, from: { tenant: await admit() } });
}

/** Whatever fails is answered in the form of OTLP, which its exporters go by: also what is refused before anybody looks at it, such as a body that is too large. */
export const otlpProblem = (
  error: unknown,
  headers: PushRequest['request']['headers'],
  ports: Pick<FrontPorts, 'ids' | 'log'>,
): Answer => otlpFailure(agencyError(error, ports), headers);

export async function answerText({ request, body, admit }: PushRequest, { ingest }: Pick<FrontPorts, 'ingest'>): Promise<Answer> {
  const push: Push = { ...request, body, from: { tenant: await admit() } };
  return await takeText(ingest, push);
}
