import type { AppContext, RunningApp } from './app.js';

/** Does a task so often, ms, but once at a time, until it is stopped. What fails is logged as `problem`, and tried again the next time. */
export function repeated(
  { clock, log }: Pick<AppContext, 'clock' | 'log'>,
  ms: number,
  problem: string,
  task: () => Promise<void>,
): RunningApp {
  let running: Promise<void> | undefined;
  const end = clock.every(ms, () => {
    running ??= task()
      .catch((error: unknown) => {
        log.warn({ err: error }, `${problem}; it is tried again`);
      })
      .finally(() => {
        running = undefined;
      });
  });
  return {
    async stop() {
      end();
      await running;
    },
  };
}
