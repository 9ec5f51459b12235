import { AgencyError } from '@cloud-agency/errors';

/** No rendering needs more; and what is deeper than the stack cannot be written again. */
const deepest = 100;

/** @throws AgencyError invalid-request saying where the JSON ends to be JSON, or that it is nested too deep. */
export function parsedJson(body: string): unknown {
  if (isTooDeep(body))
    throw new AgencyError('invalid-request', { message: `The body is JSON that is nested deeper than ${deepest} levels.` });
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

/** Brackets inside strings do not count. */
function isTooDeep(body: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const mark = body[at];
    if (mark === '"') inString = !inString;
    else if (inString) at += mark === '\\' ? 1 : 0;
    else if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
}
