import { CheckpointQueue, type Dumped } from './checkpoints.js';

const second = 1_000;

const dumped = (index: number): Dumped => ({
  ...{ index, resource: null, identity: 'one', firstKey: 0 },
  dump: () => [{ key: 0, bytes: new Uint8Array([index]) }],
});

/** A queue of so many guarantees, the time and the commits that it goes by. */
function queueOf(guarantees: number) {
  const last = { batch: 0, at: 0 };
  const queue = new CheckpointQueue(
    () => last.batch,
    () => last.at,
  );
  queue.due(0).stored();
  for (let index = 0; index < guarantees; index += 1) queue.note('shop', dumped(index));
  return {
    queue,
    /** The next commit, so much later; which guarantees it stores. */
    commit: (after: number, stored = true) => {
      last.at += after;
      last.batch += 1;
      const { rows, owing, swept, stored: done } = queue.due(last.batch);
      if (stored) done();
      return { stored: rows.map(({ guarantee }) => guarantee), owing, swept };
    },
  };
}

it('stores a few with each commit, all within a minute', () => {
  const { commit } = queueOf(300);
  const stored = Array.from({ length: 60 }, () => commit(second));
  expect(Math.max(...stored.map((one) => one.stored.length))).toBeLessThanOrEqual(50);
  expect(stored.flatMap((one) => one.stored)).toEqual(Array.from({ length: 300 }, (_, index) => index));
  expect(stored.at(-1)).toMatchObject({ owing: false, swept: undefined });
});

it('holds no commit up after a rest: what is due then is owed to those that follow', () => {
  const { commit } = queueOf(120);
  const [first, next, third, fourth] = [commit(60 * second), commit(0), commit(0), commit(0)];
  expect([first, next, third].map(({ stored, owing }) => [stored.length, owing])).toEqual([
    [50, true],
    [50, true],
    [20, false],
  ]);
  expect(first.swept).toBe(0);
  expect(fourth).toEqual({ stored: [], owing: false, swept: undefined });
});

it('stores again what a commit that failed did not', () => {
  const { commit } = queueOf(3);
  expect(commit(60 * second, false).stored).toEqual([0, 1, 2]);
  expect(commit(second).stored).toEqual([0, 1, 2]);
  expect(commit(second).stored).toEqual([]);
});
