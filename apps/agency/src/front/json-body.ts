import { AgencyError } from '@cloud-agency/errors';

/** @throws AgencyError invalid-request saying where the JSON ends to be JSON. */
export function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new AgencyError(
      'invalid-request',
      { message: `The body is not JSON: ${cause instanceof Error ? cause.message : 'unreadable'}.` },
      { cause },
    );
  }
}
