import { AgencyError } from '@cloud-agency/errors';
import { parsedJson } from '@cloud-agency/occi';

/** @throws AgencyError invalid-request saying where the JSON ends to be JSON, or that it is nested too deep. */
export function jsonBody(body: string): unknown {
  try {
    return parsedJson(body);
  } catch (cause) {
    throw new AgencyError(
      'invalid-request',
      { message: `The body is not JSON: ${cause instanceof Error ? cause.message : 'unreadable'}.` },
      { cause },
    );
  }
}
