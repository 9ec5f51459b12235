import type { Clock, Log } from '@cloud-agency/runtime';

const retryAfterMs = 1_000;

/** Brings what runs in line with what the store says, once at a time, and again when that changes meanwhile. */
export class Alignment {
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private stopped = false;
  private callOff = (): void => undefined;

  /** `what`: for the log. */
  constructor(
    private readonly context: { readonly clock: Clock; readonly log: Log },
    private readonly what: string,
    private readonly align: () => Promise<void>,
  ) {}

  /** To be called after each change of the store; resolves once all is in line with it. What fails is tried again after a second. */
  async look(): Promise<void> {
    this.lookAgain = true;
    this.looking ??= this.lookWhileWanted().finally(() => {
      this.looking = undefined;
    });
    await this.looking;
  }

  /** Resolves once nothing is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.callOff();
    await this.looking;
  }

  private async lookWhileWanted(): Promise<void> {
    while (this.lookAgain && !this.stopped) {
      this.lookAgain = false;
      try {
        await this.align();
      } catch (error) {
        this.context.log.error({ err: error }, `Looking for ${this.what} failed; it is tried again`);
        this.callOff = this.context.clock.after(retryAfterMs, () => void this.look());
        return;
      }
    }
  }
}
