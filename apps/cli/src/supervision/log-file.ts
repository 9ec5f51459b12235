import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';

/** The log of an embedded Agency, which leaves the terminal to the person at it. That of the start before is kept beside it. */
export function openLogFile(directory: string): { readonly file: string; readonly stream: Writable } {
  const file = join(directory, 'agency.log');
  if (existsSync(file)) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, 'a', 0o600);
  return {
    file,
    stream: tolerant(
      (text) => writeSync(descriptor, text),
      () => {
        closeSync(descriptor);
      },
    ),
  };
}

/** Lines that a full disk does not take are lost, and counted once there is room: a log is no reason for the Agency to end. */
export function tolerant(write: (text: string) => void, close: () => void): Writable {
  let lost = 0;
  let reason = '';
  return new Writable({
    write(chunk: Buffer, _, done) {
      try {
        if (lost > 0)
          write(`${JSON.stringify({ level: 40, msg: `${String(lost)} lines of this log could not be written: ${reason}` })}\n`);
        lost = 0;
        write(chunk.toString());
      } catch (error) {
        lost += 1;
        reason = (error as Error).message;
      }
      done();
    },
    final(done) {
      close();
      done();
    },
  });
}
