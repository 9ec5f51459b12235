/** No rendering needs more; and what is deeper than the stack cannot be written again. */
const deepest = 100;

/** JSON as a client wrote it. @throws Error saying where it ends to be JSON, or that it is nested too deep. */
export function parsedJson(written: string): unknown {
  if (isTooDeep(written)) throw new Error(`nested deeper than ${String(deepest)} levels`);
  return JSON.parse(written);
}

/** Brackets inside strings do not count. */
function isTooDeep(written: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < written.length; at += 1) {
    const mark = written[at];
    if (mark === '"') inString = !inString;
    else if (inString) at += mark === '\\' ? 1 : 0;
    else if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
}
