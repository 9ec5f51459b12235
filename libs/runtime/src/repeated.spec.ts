import { createLog } from './log.js';
import { repeated } from './repeated.js';

/** A task that is done, or fails, when it is told to be; how often it was begun; and time that passes when it is told to. */
function begun() {
  let count = 0;
  let [tick, done, fail] = [(): void => undefined, (): void => undefined, (): void => undefined];
  const clock = {
    now: () => 0,
    after: () => () => undefined,
    every: (_: number, task: () => void) => {
      tick = task;
      return () => (tick = () => undefined);
    },
  };
  const loop = repeated({ clock, log: createLog('repeated', 'silent') }, 1_000, 'It failed', () => {
    count += 1;
    return new Promise<void>((resolve, reject) => {
      [done, fail] = [
        resolve,
        () => {
          reject(new Error('no'));
        },
      ];
    });
  });
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    loop,
    settled,
    count: () => count,
    tick: () => {
      tick();
    },
    done: () => {
      done();
    },
    fail: () => {
      fail();
    },
  };
}

it('does a task once at a time, and again after one that failed', async () => {
  const { count, tick, done, fail, settled } = begun();
  tick();
  tick();
  expect(count()).toBe(1);
  fail();
  await settled();
  tick();
  expect(count()).toBe(2);
  done();
  await settled();
  tick();
  expect(count()).toBe(3);
});

it('is stopped once what is under way is done', async () => {
  const { loop, count, tick, done, settled } = begun();
  tick();
  let isStopped = false;
  const stopped = loop.stop().then(() => (isStopped = true));
  await settled();
  expect(isStopped).toBe(false);
  done();
  await stopped;
  tick();
  expect(count()).toBe(1);
});
