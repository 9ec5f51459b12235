/**
 * Calls `end` when the process that started this one is gone, `kill -9` included: our standard input is a pipe that only it holds, and
 * nobody writes to it. `end` has half a second; then the process exits in any case.
 */
export function endWithParent(end: () => Promise<void>): void {
  process.stdin.once('close', () => {
    setTimeout(() => process.exit(0), 500).unref();
    void end().finally(() => process.exit(0));
  });
  process.stdin.resume();
  process.stdin.unref();
}
