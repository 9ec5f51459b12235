import type { Log } from './log.js';

/**
 * What is tried again and again and fails for a while is one matter to whoever reads the log: it warns when that begins, or when something else is the matter,
 * and says when it is over. What fails as before is told as `debug`.
 */
export class Trouble {
  private reason: string | undefined;

  constructor(
    private readonly log: Pick<Log, 'debug' | 'info' | 'warn'>,
    private readonly about: object = {},
  ) {}

  /** @param reason tells one trouble from another; without times and numbers, which would make each a new one. */
  is(reason: string, message: string, details: object = {}): void {
    const level = reason === this.reason ? 'debug' : 'warn';
    this.reason = reason;
    this.log[level]({ ...this.about, ...details }, message);
  }

  /** To be called whenever it goes well: says so after there was trouble. */
  isOver(message: string): void {
    if (this.reason === undefined) return;
    this.reason = undefined;
    this.log.info(this.about, message);
  }
}
