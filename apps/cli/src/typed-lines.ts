import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Lines from a terminal or a pipe, one at a time; what arrives early waits for its question. */
export class TypedLines {
  private readonly waiting: string[] = [];
  private ended = false;
  private arrived: () => void = () => undefined;

  constructor(input: Readable) {
    // Without an output readline leaves the terminal as it is: it echoes, and Ctrl-C means what it always means.
    createInterface({ input })
      .on('line', (line) => {
        this.waiting.push(line);
        this.arrived();
      })
      .on('close', () => {
        this.ended = true;
        this.arrived();
      });
  }

  /** Undefined at the end of the input, and when the signal says so. */
  async next(signal: AbortSignal): Promise<string | undefined> {
    while (this.waiting.length === 0 && !this.ended && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
        signal.addEventListener(
          'abort',
          () => {
            resolve();
          },
          { once: true },
        );
      });
    }
    return signal.aborted ? undefined : this.waiting.shift();
  }
}
