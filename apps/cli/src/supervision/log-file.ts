import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

/** The log of an embedded Agency, which leaves the terminal to the person at it. That of the start before is kept beside it. */
export function openLogFile(directory: string): { readonly file: string; readonly stream: Writable } {
  const file = join(directory, 'agency.log');
  if (existsSync(file)) renameSync(file, `${file}.1`);
  return { file, stream: createWriteStream(file, { flags: 'a', mode: 0o600 }) };
}
